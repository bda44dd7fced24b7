export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** At most `width` of all works at once, in the order in which they came. */
export function createLimit(width: number): Limit {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
