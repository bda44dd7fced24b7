/** Whether a table spec fits the files that are there. */
import { isSame } from './compare-change.ts';
import type { Granularity, TableSpec } from './table-spec.ts';

/** What the files of a table have in common for as long as they live (law 11). */
export interface FileLayout {
  partition_by: Granularity;
  files_per_partition: number;
  columns: readonly { name: string; type: string }[];
  /** Unknown of tables that an older version has made. */
  key?: readonly string[] | undefined;
  event_time?: string | undefined;
}

/** What of the layout is another one now, in words; empty where stored files can follow. New columns are no difference. */
export function compareStored(stored: FileLayout, spec: TableSpec): string[] {
  const given = new Map(spec.columns.map((column): [string, string] => [column.name, column.type]));
  const changes = [
    ['partition_by', stored.partition_by, spec.partition_by],
    ['files_per_partition', stored.files_per_partition, spec.files_per_partition],
    ...(isOtherKey(stored.key, spec) ? [['the key', stored.key?.join(', '), spec.key.join(', ')]] : []),
    // It says in which partition a row lies.
    ...(spec.partition_by === 'none' ? [] : [['event_time', stored.event_time, spec.event_time]]),
    ...stored.columns.map(({ name, type }) => [`column ${name}`, type, given.get(name) ?? 'gone']),
  ];
  return changes
    .filter(([, was, is]) => was !== undefined && is !== undefined && was !== is)
    .map(([what, was, is]) => `${what} was ${was}, is ${is}`);
}

/** One file per partition holds whatever the key; of several, the text of the key, in its order, decides. */
export function isOtherKey(stored: readonly string[] | undefined, spec: TableSpec): boolean {
  if (stored === undefined || isSame(stored, spec.key)) return false;
  return spec.files_per_partition > 1 || !isSame(stored.toSorted(byText), spec.key.toSorted(byText));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
