/**
 * `npm run -s bench [-- --json] [words of a case]`: every case side by side with its peers in one run, interleaved, the median of five.
 * Speed counts as a ratio only: machines differ, and this one may be busy.
 */
import { cases, type Case, type Reading } from './cases.ts';
import { startApi } from './start-api.ts';

interface Figures {
  recordsPerSecond: number;
  peakMegabytes: number;
}

interface Result {
  name: string;
  ours: Figures;
  peers: Record<string, Figures>;
  /** Our records per second, over those of the fastest peer. */
  ratioToFastest: number;
  goal: number;
  met: boolean;
}

const rounds = 5;

async function measure(one: Case): Promise<Result> {
  const api = await startApi(one.records);
  try {
    const readings = new Map<string, Reading[]>();
    const programs = { ours: one.ours, ...one.peers };
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, program] of Object.entries(programs)) {
        const reading = await program(api.address);
        if (reading.records !== one.expected) {
          throw new Error(`${one.name}: ${name} read ${reading.records} records of ${one.expected}`);
        }
        readings.set(name, [...(readings.get(name) ?? []), reading]);
        process.stderr.write(
          `${one.name}, round ${round + 1} of ${rounds}: ${name} ${describe(figures([reading]))}\n`,
        );
      }
    }
    const { ours, ...peers } = Object.fromEntries(
      [...readings].map(([name, all]) => [name, figures(all)] as const),
    );
    if (!ours) throw new Error('unreachable: ours is one of the programs');
    const ratio =
      ours.recordsPerSecond / Math.max(...Object.values(peers).map((peer) => peer.recordsPerSecond));
    const ratioToFastest = Math.round(ratio * 100) / 100;
    return { name: one.name, ours, peers, ratioToFastest, goal: one.goal, met: ratioToFastest >= one.goal };
  } finally {
    await api.stop();
  }
}

function figures(readings: Reading[]): Figures {
  return {
    recordsPerSecond: Math.round(median(readings.map(({ records, seconds }) => records / seconds))),
    peakMegabytes: Math.round(median(readings.map(({ peakBytes }) => peakBytes / 2 ** 20))),
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function describe({ recordsPerSecond, peakMegabytes }: Figures): string {
  return `${recordsPerSecond.toLocaleString('en')} records/s, ${peakMegabytes} MB`;
}

function print(result: Result): void {
  console.info(
    `${result.met ? 'met ' : 'MISSED'} ${result.name}: ${result.ratioToFastest} times the fastest, goal ${result.goal}`,
  );
  for (const [name, figure] of Object.entries({ ours: result.ours, ...result.peers })) {
    console.info(`       ${name.padEnd(20)} ${describe(figure)}`);
  }
}

const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter((word) => !word.startsWith('--'));
const results: Result[] = [];
for (const one of cases.filter(({ name }) => wanted.every((word) => name.includes(word)))) {
  const result = await measure(one);
  results.push(result);
  if (!json) print(result);
}
if (json) console.info(JSON.stringify({ cases: results }));
process.exitCode = results.every(({ met }) => met) ? 0 : 1;
