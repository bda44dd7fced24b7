import { CatchwaterError } from '../../pipeline/errors.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import { sourceKey } from '../../pipeline/source/source-key.ts';
import { compareSources } from '../../pipeline/table/compare-sources.ts';
import { connect, type Connection } from '../connect.ts';
import { countVerdicts, describeChanges } from '../describe-changes.ts';
import { findStack } from '../find-stack.ts';
import { openLedger } from '../open-ledger.ts';
import type { Output } from '../output.ts';
import { placeChanges } from '../place-changes.ts';
import { readDeployed } from '../read-deployed.ts';
import { readSourceFile, readText } from '../read-source-file.ts';

export interface CheckAgainstOptions {
  sourcePath: string;
  stackName: string;
  region?: string | undefined;
  profile?: string | undefined;
  json: boolean;
  stdout: Output;
  stderr: Output;
  now?: Date;
  /** Tests put an AWS of their own here. */
  connection?: Connection;
  ledger?: Ledger;
}

const reprocessing = (stack: string): string =>
  `needs reprocess: stored rows keep what they mean now until they are fetched again, or catchwater reprocess --stack ${stack} --table … reads their raw responses again`;

/**
 * `catchwater check FILE --against STACK`: what deploying the file would mean for what the stack holds. Exit code 5 when
 * it would be refused: the comparison itself went well, so that a pipeline of the user's can tell this from 1.
 */
export async function runCheckAgainst(options: CheckAgainstOptions): Promise<number> {
  const { sourcePath, stackName, json, stdout, stderr, now = new Date() } = options;
  const loaded = await readSourceFile(sourcePath, now);
  if (!loaded.ok) {
    const { problems } = loaded;
    if (json)
      stdout.write(`${JSON.stringify({ schemaVersion: 1, file: sourcePath, ok: false, problems })}\n`);
    else stderr.write(`${formatProblems(problems)}\n`);
    return 2;
  }
  const connection = options.connection ?? (await connect(options));
  const stack = await findStack(stackName, connection);
  const { ArtifactBucket: bucket, SourceKey: key } = stack.parameters;
  const ledger =
    options.ledger ?? openLedger(connection.dynamodb, stack.outputs['LedgerTable'] ?? `${stackName}-ledger`);
  const deployed = await readDeployed(loaded.source, { s3: connection.s3, bucket, key, ledger });
  // Half a comparison that says "nothing is refused" would be a lie.
  if (!deployed.source) throw new CatchwaterError(`cannot compare: ${deployed.notes.join('; ')}`);
  const found = compareSources({ before: deployed.source, after: loaded.source, stored: deployed.stored });
  const text = (await readText(sourcePath)) ?? '';
  const changes = placeChanges(found, { name: sourcePath, text });
  const refused = changes.filter(({ verdict }) => verdict === 'refused').length;
  if (json) {
    const keys = { deployedSource: key, source: sourceKey(loaded.source) };
    const { notes } = deployed;
    const ok = refused === 0;
    stdout.write(
      `${JSON.stringify({ schemaVersion: 1, file: sourcePath, stack: stackName, ok, ...keys, changes, notes })}\n`,
    );
  } else {
    if (loaded.warnings.length > 0) stderr.write(`${formatProblems(loaded.warnings)}\n`);
    for (const note of deployed.notes) stderr.write(`${note}; judged by the deployed source alone\n`);
    if (changes.length > 0) stdout.write(`${describeChanges(changes, sourcePath)}\n`);
    stdout.write(`${sourcePath} against the stack ${stackName}: ${countVerdicts(changes)}\n`);
    if (changes.some(({ verdict }) => verdict === 'needs reprocess')) {
      stdout.write(`${reprocessing(stackName)}\n`);
    }
  }
  return refused === 0 ? 0 : 5;
}
