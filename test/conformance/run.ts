/**
 * `npm run conformance`: every row of the table, by topic. Words after `--` choose rows by their names;
 * `--json` prints one line instead: `{"rows":N,"passed":N,"failed":[{"row","why"}…]}`.
 */
import { createRowRunner } from './run-rows.ts';
import { topics } from './topics.ts';

const json = process.argv.includes('--json');
const words = process.argv.slice(2).filter((word) => word !== '--json');
const runner = await createRowRunner();
const failed: { row: string; why: string }[] = [];
let rows = 0;
for (const [topic, table] of Object.entries(topics)) {
  const chosen = table.filter(({ name }) => words.every((word) => `${topic}: ${name}`.includes(word)));
  let passed = 0;
  for (const row of chosen) {
    const why = await runner.run(row);
    rows += 1;
    if (why.length === 0) passed += 1;
    else failed.push({ row: `${topic}: ${row.name}`, why: why.join('\n') });
  }
  if (!json && chosen.length > 0) console.info(`${topic.padEnd(24)} ${passed} of ${chosen.length}`);
}
await runner.stop();

if (json) console.info(JSON.stringify({ rows, passed: rows - failed.length, failed }));
else for (const { row, why } of failed) console.info(`\n${row}\n  ${why.replaceAll('\n', '\n  ')}`);
if (failed.length > 0 || rows === 0) process.exitCode = 1;
