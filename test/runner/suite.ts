/** A part of `npm test` that runs by itself and knows how many tests passed. */
export interface Suite {
  name: string;
  run(output: Output): Promise<Outcome>;
}

export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** Where a suite tells of a failure, as it happens. */
export type Output = (failure: string) => void;

/** Nothing was counted: a suite that crashed, hung or found no test has failed, once. */
export const crashed: Outcome = { passed: 0, failed: 1, skipped: 0 };
