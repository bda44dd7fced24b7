/**
 * `npm test`: types, lint, format, templates, unit tests, the job's tests, end to end. Two suites run at a time.
 * Words after `--` choose suites by name: `npm test -- unit`. The last line counts every test of every suite.
 */
import { styleText } from 'node:util';
import { endAll } from './runner/run-process.ts';
import { listSuites } from './runner/suites.ts';
import { crashed, type Outcome, type Suite } from './runner/suite.ts';

const atATime = 2;
const wanted = process.argv.slice(2);
const suites = listSuites().filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
if (suites.length === 0) {
  console.error(`No suite is named like ${wanted.join(', ')}. There are:`);
  for (const { name } of listSuites()) console.error(`  ${name}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(130);
  });
}

const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
const queue = [...suites];
await Promise.all(Array.from({ length: atATime }, work));
console.info(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function work(): Promise<void> {
  for (let suite = queue.shift(); suite; suite = queue.shift()) {
    const began = Date.now();
    const outcome = await runSuite(suite);
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
    console.info(line(suite.name, outcome, (Date.now() - began) / 1000));
  }
}

async function runSuite(suite: Suite): Promise<Outcome> {
  const tell = (failure: string) => console.info(`\n${mark('FAILED')} ${suite.name}: ${failure}\n`);
  try {
    return await suite.run(tell);
  } catch (error) {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return crashed;
  }
}

function line(name: string, { passed, failed, skipped }: Outcome, seconds: number): string {
  const counts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ];
  return `${failed ? mark('failed') : 'ok    '} ${name.padEnd(28)} ${counts.join(', ').padEnd(28)} ${seconds.toFixed(1)} s`;
}

function mark(text: string): string {
  return styleText('red', text, { stream: process.stdout });
}
