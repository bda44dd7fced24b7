import type { TableSpec } from './table-spec.ts';

/** What files are made of; how a resource's answers become rows (`parse_sql`, `exact_fields`) is its own affair. */
const shared = [
  'columns',
  'key',
  'partition_by',
  'first_year',
  'files_per_partition',
  'merge_sql',
  'copy_options',
  'tombstones_sql',
  'unique_sql',
] as const satisfies (keyof TableSpec)[];

/**
 * Where two specs of one name cannot be one table, so that two resources cannot feed it; undefined when they can. Where
 * all else is the same, the statement differs by `order_by`.
 */
export function differenceOf(one: TableSpec, other: TableSpec): string | undefined {
  if ((one.tombstones_sql === undefined) !== (other.tombstones_sql === undefined)) return 'delete_when';
  const found = shared.find((part) => JSON.stringify(one[part]) !== JSON.stringify(other[part]));
  return found === 'merge_sql' ? 'order_by' : found;
}
