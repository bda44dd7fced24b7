import { checkColumns, checkJsonPath } from './check-columns.ts';
import { checkEndpoint } from './check-endpoint.ts';
import { checkKey } from './check-key.ts';
import { checkShape } from './check-shape.ts';
import { countPartitions, manyPartitions, tooManyPartitions } from './count-partitions.ts';
import { parseDuration } from './duration.ts';
import { reportBelow, type Report } from './report.ts';
import type { ClientPart, ResourcePart } from './schema.ts';
import type { Slice } from './source.ts';

export interface ResourceContext {
  slices: readonly Slice[] | undefined;
  auth: ClientPart['auth'] | undefined;
  /** The current year, UTC: the catalog projects partitions up to two years ahead. */
  year: number;
  /** Keys that are there, but in no form to be checked. */
  broken: ReadonlySet<string>;
}

/** What the grammar cannot say about a resource; a part that is missing here was refused before. */
export function checkResource(
  resource: Partial<ResourcePart>,
  context: ResourceContext,
  report: Report,
): void {
  const { slices, auth, year, broken } = context;
  const { every, endpoint, data_selector: selector, shape, columns, partition_by, first_year } = resource;
  if (every !== undefined && (parseDuration(every) ?? 0) < 60_000) {
    report(['every'], `'${every}': the shortest time between two fetches is PT1M`);
  }
  if (endpoint) checkEndpoint({ endpoint, slices, auth }, reportBelow(report, ['endpoint']));
  if (selector !== undefined) checkJsonPath(selector, ['data_selector'], report);
  if (columns) checkColumns(columns, slices, reportBelow(report, ['columns']));
  if (columns && shape) checkShape({ shape, columns }, report);
  if (partition_by === undefined) return;
  if (columns && !['primary_key', 'event_time', 'order_by'].some((key) => broken.has(key))) {
    checkKey({ ...resource, columns, partition_by }, slices, report);
  }
  if (first_year !== undefined) checkPartitionCount({ partition_by, first_year }, year, report);
}

function checkPartitionCount(
  table: Pick<ResourcePart, 'partition_by' | 'first_year'>,
  year: number,
  report: Report,
): void {
  const { partition_by, first_year } = table;
  if (partition_by === 'none') return;
  if (first_year > year) {
    report(['first_year'], `first_year ${first_year} is not here yet: rows of today would go to quarantine`);
  }
  const count = countPartitions(table, year);
  if (count <= manyPartitions) return;
  const facts = `${count.toLocaleString('en')} partitions from ${first_year} to ${year + 2} by ${partition_by}`;
  const remedy = 'a later first_year or a coarser partition_by makes them fewer';
  if (count > tooManyPartitions) {
    report(['first_year'], `${facts}: Athena fails where a query lists so many; ${remedy}`);
  } else {
    report(
      ['first_year'],
      `${facts}: Athena lists them all for a query without a filter on the partition; ${remedy}`,
      {
        severity: 'warning',
      },
    );
  }
}
