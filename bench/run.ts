/**
 * `npm run -s bench [-- --json] [words of a case]`: every case side by side with its peers in one run, interleaved, the
 * median of five. Figures count as ratios only: machines differ, and this one may be busy. Exit code 1 when a goal is missed.
 */
import { cases } from './cases.ts';
import { compareBundles } from './compare-bundles.ts';
import { compareResponses } from './compare-responses.ts';
import { compareSpeed } from './compare-speed.ts';
import { compareVolumes } from './compare-volumes.ts';
import type { Figures, Result } from './result.ts';

const all: { name: string; measure: () => Promise<Result> }[] = [
  ...cases.map((one) => ({ name: one.name, measure: () => compareSpeed(one) })),
  { name: 'memory', measure: compareVolumes },
  { name: 'memory of one response', measure: compareResponses },
  { name: 'bundle', measure: compareBundles },
];

const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter((word) => !word.startsWith('--'));
const results: Result[] = [];
for (const { name, measure } of all) {
  if (!wanted.every((word) => name.includes(word))) continue;
  const result = await measure();
  results.push(result);
  if (!json) print(result);
}
if (json) console.info(JSON.stringify({ cases: results }));
process.exitCode = results.every(({ met }) => met) ? 0 : 1;

function print({ name, ours, peers, ratioToFastest, goal, met }: Result): void {
  console.info(`${met ? 'met    ' : 'MISSED '} ${name}: ${ratioToFastest} times the best, goal ${goal}`);
  for (const [who, figures] of Object.entries({ ours, ...peers })) {
    console.info(`        ${who.padEnd(32)} ${describe(figures)}`);
  }
}

function describe(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toLocaleString('en')}`)
    .join(', ');
}
