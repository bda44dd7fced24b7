import type { TableSpec } from './table-spec.ts';

/** What files are made of; how a resource's answers become rows (`parse_sql`, `exact_fields`) is its own affair. */
const shared = [
  'columns',
  'key',
  'partition_by',
  'event_time',
  'first_year',
  'files_per_partition',
  'merge_sql',
  'copy_options',
  'tombstones_sql',
  'unique_sql',
  'places_sql',
  'winners_sql',
] as const satisfies (keyof TableSpec)[];

/** What one of the two says and the other does not shows in most of its statements: named first. */
const options = [
  ['tombstones_sql', 'delete_when'],
  ['marks', 'reconcile'],
  ['moving', 'moving_keys'],
] as const satisfies [keyof TableSpec, string][];

/**
 * Where two specs of one name cannot be one table, so that two resources cannot feed it; undefined when they can. Where
 * all else is the same, the statement differs by `order_by`.
 */
export function differenceOf(one: TableSpec, other: TableSpec): string | undefined {
  for (const [part, option] of options) {
    if ((one[part] === undefined) !== (other[part] === undefined)) return option;
  }
  const found = shared.find((part) => JSON.stringify(one[part]) !== JSON.stringify(other[part]));
  return found === 'merge_sql' ? 'order_by' : found;
}
