import { countPartitions, manyPartitions, tooManyPartitions } from '../count-partitions.ts';
import type { Report } from '../report.ts';
import type { TableParts } from '../schema/source-schema.ts';

/** `year`: the current one, UTC; the catalog projects partitions up to two years ahead. */
export function checkPartitions(
  { partition_by, first_year }: Pick<TableParts, 'partition_by' | 'first_year'>,
  year: number,
  report: Report,
): void {
  if (partition_by === 'none') return;
  if (first_year > year) {
    report(['first_year'], `first_year ${first_year} is not here yet: rows of today would go to quarantine`);
  }
  const count = countPartitions({ partition_by, first_year }, year);
  if (count <= manyPartitions) return;
  const facts = `${count.toLocaleString('en')} partitions from ${first_year} to ${year + 2} by ${partition_by}`;
  const remedy = 'a later first_year or a coarser partition_by makes them fewer';
  if (count > tooManyPartitions) {
    report(['first_year'], `${facts}: Athena fails where a query lists so many; ${remedy}`);
  } else {
    const message = `${facts}: Athena lists them all for a query without a filter on the partition; ${remedy}`;
    report(['first_year'], message, { severity: 'warning' });
  }
}
