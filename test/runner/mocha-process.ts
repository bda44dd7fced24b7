/** Runs mocha in this process and tells the parent of each failure as it happens, and at the end how many passed. */
import Mocha from 'mocha';
import { mochaGlobalTeardown } from '../support/shared-local-aws.ts';
import type { Outcome } from './suite.ts';

export type MochaMessage = { kind: 'failure'; text: string } | { kind: 'end'; outcome: Outcome };

const [timeout = '', ...files] = process.argv.slice(2);

// The base of all reporters prints nothing: the parent does.
const mocha = new Mocha({ timeout: Number(timeout), forbidOnly: true, reporter: Mocha.reporters.Base });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();
const runner = mocha.run(() => void finish());
runner.on('fail', (test: Mocha.Runnable, error: Error) =>
  tell({ kind: 'failure', text: describeFailure(test, error) }),
);

async function finish(): Promise<void> {
  await mochaGlobalTeardown();
  const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
  tell({ kind: 'end', outcome: { passed: passes, failed: failures, skipped: pending } });
}

function describeFailure(
  test: Mocha.Runnable,
  error: Error & { actual?: unknown; expected?: unknown },
): string {
  const lines = [test.fullTitle(), test.file ?? '', error.stack ?? String(error)];
  if (error.cause)
    lines.push(`cause: ${error.cause instanceof Error ? error.cause.stack : JSON.stringify(error.cause)}`);
  const { actual, expected } = error;
  if (actual !== undefined && expected !== undefined) {
    const print = (value: unknown) =>
      typeof value === 'string' ? value : (JSON.stringify(value, sorted, 2) ?? '');
    lines.push(Mocha.reporters.Base.generateDiff(print(actual), print(expected)));
  }
  return lines.join('\n');
}

/** Keys in order, so that the difference shows values and not their order. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function tell(message: MochaMessage): void {
  process.send?.(message);
}
