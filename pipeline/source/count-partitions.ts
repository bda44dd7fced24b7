import type { Granularity } from '../table/table-spec.ts';

/** Athena lists every prefix of a query without a filter, and fails at a million. */
export const manyPartitions = 50_000;
export const tooManyPartitions = 500_000;

const perYear: Record<Granularity, number> = {
  none: 0,
  year: 1,
  month: 12,
  day: 12 * 31,
  hour: 12 * 31 * 24,
};

/** The partitions that the catalog projects in a year: its ranges multiplied out, from the first year to two ahead (law 16). */
export function countPartitions(
  table: { partition_by: Granularity; first_year: number },
  year: number,
): number {
  if (table.partition_by === 'none') return 1;
  return Math.max(0, year + 2 - table.first_year + 1) * perYear[table.partition_by];
}
