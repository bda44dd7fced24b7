import { ConfigError } from '../../pipeline/errors.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import { connect } from '../connect.ts';
import { readSourceFile } from '../read-source-file.ts';
import { describeChecks } from '../status/describe-checks.ts';
import { diagnose, type SourceFile } from '../status/diagnose.ts';
import { readStatus } from '../status/read-status.ts';
import type { LedgerOptions } from './gaps.ts';

export type DoctorOptions = LedgerOptions & {
  /** The file that ought to be deployed. */
  sourcePath?: string | undefined;
  now?: Date;
};

/** `catchwater doctor --stack S`. Exit code 5 when something is wrong: the checks themselves went well. */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { stackName, json, stdout, ledger, sourcePath, now = new Date() } = options;
  // Before AWS is asked for anything.
  const file = sourcePath === undefined ? undefined : await readFile(sourcePath, now);
  const connection = options.connection ?? (await connect(options));
  const checks = diagnose(await readStatus({ stackName, connection, ledger, now }), file);
  const ok = checks.every(({ state }) => state !== 'FAIL');
  stdout.write(
    json
      ? `${JSON.stringify({ schemaVersion: 1, stack: stackName, ok, checks })}\n`
      : `${describeChecks(checks)}\n`,
  );
  return ok ? 0 : 5;
}

async function readFile(path: string, now: Date): Promise<SourceFile> {
  const loaded = await readSourceFile(path, now);
  if (!loaded.ok) throw new ConfigError(formatProblems(loaded.problems).trimEnd());
  return { path, source: loaded.source };
}
