/** Where a file of a table lies in the curated bucket: `<folder>/year=2026/month=11/day=21/hour=07/part-0.parquet`. */
import type { Granularity, TableSpec } from './table/table-spec.ts';

export interface CuratedKey {
  table: string;
  /** `year=2026/month=11`, to the table's granularity; empty for `none`. */
  partition: string;
  /** From 0 to `files_per_partition` - 1. */
  part: number;
}

const pattern = /^(?<folder>[^/]+)\/(?:(?<partition>.+)\/)?part-(?<part>\d+)\.parquet$/;

const partitionPatterns: Record<Granularity, RegExp> = {
  none: /^$/,
  year: /^year=\d{4}$/,
  month: /^year=\d{4}\/month=\d\d$/,
  day: /^year=\d{4}\/month=\d\d\/day=\d\d$/,
  hour: /^year=\d{4}\/month=\d\d\/day=\d\d\/hour=\d\d$/,
};

/** Undefined for a key that is not one of the files that the table may have in its folder. */
export function parseCuratedKey(key: string, spec: TableSpec, folder = spec.name): CuratedKey | undefined {
  const { folder: found, partition = '', part } = pattern.exec(key)?.groups ?? {};
  if (found !== folder || Number(part) >= spec.files_per_partition) return undefined;
  if (!partitionPatterns[spec.partition_by].test(partition)) return undefined;
  return { table: spec.name, partition, part: Number(part) };
}

/** The year of a partition; undefined for a table that is not partitioned. */
export function yearOf(partition: string): number | undefined {
  const year = /^year=(\d{4})/.exec(partition)?.[1];
  return year === undefined ? undefined : Number(year);
}
