import type { Case, Reading } from './cases.ts';
import { judge, median, rounds, tell, type Figures, type Result } from './result.ts';
import { startApi } from './start-api.ts';

/** Every program of the case in turn, so that whatever else the machine does falls on all of them; the median counts. */
export async function compareSpeed(one: Case): Promise<Result> {
  const api = await startApi(one.records);
  try {
    const readings = new Map<string, Reading[]>();
    const programs = { ours: one.ours, ...one.peers };
    for (let round = 1; round <= rounds; round += 1) {
      for (const [name, program] of Object.entries(programs)) {
        const reading = await program(api.address);
        if (reading.records !== one.expected) {
          throw new Error(`${one.name}: ${name} read ${reading.records} records of ${one.expected}`);
        }
        readings.set(name, [...(readings.get(name) ?? []), reading]);
        tell(`${one.name}, round ${round} of ${rounds}: ${name} ${JSON.stringify(figures([reading]))}`);
      }
    }
    const { ours = {}, ...peers } = Object.fromEntries(
      [...readings].map(([name, all]) => [name, figures(all)] as const),
    );
    const fastest = Math.max(...Object.values(peers).map(speedOf));
    return judge({ name: one.name, ours, peers, goal: one.goal }, speedOf(ours) / fastest);
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

function speedOf({ recordsPerSecond = Number.NaN }: Figures): number {
  return recordsPerSecond;
}
