import type { ForEachValue, Slice } from '../source.ts';

/** Elements of each variable, in the order of the file. */
export type ElementLists = readonly (readonly [variable: string, elements: readonly ForEachValue[]])[];

export function countSlices(lists: ElementLists, how: 'cross' | 'zip'): number {
  const counts = lists.map(([, elements]) => elements.length);
  return how === 'zip' ? Math.min(...counts) : counts.reduce((product, count) => product * count, 1);
}

/** Crossed, the last variable changes first; zipped, the n-th meets the n-th. Without variables: one empty slice. */
export function combineSlices(lists: ElementLists, how: 'cross' | 'zip'): Slice[] {
  if (how === 'zip' && lists.length > 0) {
    const [, first = []] = lists[0] ?? [];
    return first.map((_, index) =>
      Object.fromEntries(
        lists.flatMap(([variable, elements]): [string, ForEachValue][] => {
          const element = elements[index];
          return element === undefined ? [] : [[variable, element]];
        }),
      ),
    );
  }
  return lists.reduce<Slice[]>(
    (slices, [variable, elements]) =>
      slices.flatMap((slice) => elements.map((element) => ({ ...slice, [variable]: element }))),
    [{}],
  );
}
