import { readOurs } from './cases.ts';
import { judge, tell, type Result } from './result.ts';
import { startApi } from './start-api.ts';

/** Ten times the pages: the memory that they take, over that of a tenth of them. */
export async function compareVolumes(): Promise<Result> {
  const peaks: number[] = [];
  for (const records of [200_000, 2_000_000]) {
    const api = await startApi(records);
    try {
      const { peakBytes } = await readOurs('pages')(api.address);
      peaks.push(Math.round(peakBytes / 2 ** 20));
      tell(`memory: ${records.toLocaleString('en')} records took ${peaks.at(-1)} MB`);
    } finally {
      await api.stop();
    }
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  const name = 'memory stays flat: 2,000,000 records beside 200,000';
  const result = { name, ours: { peakMegabytes: large }, peers: { 'a tenth': { peakMegabytes: small } } };
  return judge({ ...result, goal: 0.8 }, small / large);
}
