/** One line of the benchmark: our figures, those of the peers, and whether the goal is met. */
export interface Result {
  name: string;
  ours: Figures;
  peers: Record<string, Figures>;
  /** How many times better than the best peer we are: faster, or smaller. */
  ratioToFastest: number;
  goal: number;
  met: boolean;
}

/** What was measured, by its name. */
export type Figures = Record<string, number>;

export function judge(result: Omit<Result, 'ratioToFastest' | 'met'>, ratio: number): Result {
  const ratioToFastest = Math.round(ratio * 100) / 100;
  return { ...result, ratioToFastest, met: ratioToFastest >= result.goal };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export const rounds = 5;

export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
