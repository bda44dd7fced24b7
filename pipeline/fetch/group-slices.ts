import type { StoredCursor } from '../incremental/cursor-value.ts';
import type { CompiledResource, ForEachValue, Slice, SliceGroup } from '../source/source.ts';
import { canonicalJson, sliceKey } from './slice-key.ts';

/** One slice, or several that one request asks for. */
export interface Lane {
  slices: Slice[];
  /** The earliest of its slices. */
  cursor: StoredCursor | undefined;
}

/**
 * Slices that one request may ask for: equal in everything that is not joined. Slices with cursors far apart do not pull
 * each other back, and with `step`, whose windows end where they began, each cursor has its own groups.
 */
export function groupSlices(
  { group, incremental }: Pick<CompiledResource, 'group' | 'incremental'>,
  slices: Slice[],
  cursorOf: (key: string) => StoredCursor | undefined,
): Lane[] {
  const lanes = slices.map((slice) => ({ slices: [slice], cursor: cursorOf(sliceKey(slice)) }));
  if (!group || group.size === 1) return lanes;
  const kindOf = ({ slices: [slice = {}], cursor }: Lane): string => {
    const others = Object.entries(slice).filter(([variable]) => !group.variables.includes(variable));
    return canonicalJson([others, incremental?.step ? (cursor ?? null) : cursor === undefined]);
  };
  const kinds = Map.groupBy(lanes.toSorted(byCursor), kindOf);
  return [...kinds.values()].flatMap((kind) =>
    chunksOf(kind, group.size).map((chunk) => ({
      slices: chunk.flatMap((lane) => lane.slices),
      cursor: chunk[0]?.cursor,
    })),
  );
}

/** What templates see of a group: the values of the joined variables, or of each of their fields, in one text. */
export function joinSlices(slices: Slice[], group: SliceGroup | undefined): Slice {
  const [first = {}] = slices;
  if (!group) return first;
  const joined = group.variables.map((variable): [string, ForEachValue] => {
    const values = slices.map((slice) => slice[variable] ?? '');
    const [sample = ''] = values;
    if (typeof sample !== 'object') return [variable, join(values, group)];
    const fields = Object.keys(sample).map((field): [string, string] => [
      field,
      join(
        values.map((value) => (typeof value === 'object' ? (value[field] ?? '') : value)),
        group,
      ),
    ]);
    return [variable, Object.fromEntries(fields)];
  });
  return { ...first, ...Object.fromEntries(joined) };
}

function join(values: ForEachValue[], { separator }: SliceGroup): string {
  return values.map(String).join(separator);
}

function byCursor({ cursor: one }: Lane, { cursor: other }: Lane): number {
  if (one === other) return 0;
  if (one === undefined) return -1;
  return other === undefined || one > other ? 1 : -1;
}

function chunksOf<Item>(items: Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
