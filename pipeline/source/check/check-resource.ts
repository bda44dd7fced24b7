import { parseDuration } from '../duration.ts';
import { reportBelow, type Report } from '../report.ts';
import type { ClientPart, ResourcePart } from '../schema/source-schema.ts';
import type { Elements } from '../slices/read-slices.ts';
import { checkChildTables } from './check-child-tables.ts';
import { checkColumns } from './check-columns.ts';
import { checkEndpoint } from './check-endpoint.ts';
import { checkFilters } from './check-filters.ts';
import { checkGroup } from './check-group.ts';
import { checkIncremental } from './check-incremental.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkKey } from './check-key.ts';
import { checkPaginator } from './check-paginator.ts';
import { checkPartitions } from './check-partitions.ts';
import { checkProtection } from './check-protection.ts';
import { checkReconcile } from './check-reconcile.ts';
import { checkResponseFormat } from './check-response-format.ts';
import { checkShape } from './check-shape.ts';
import { scopeOf, type TemplateScope } from './template-scope.ts';

export interface ResourceContext {
  elements: Elements | undefined;
  client: Partial<ClientPart>;
  /** The current year, UTC: the catalog projects partitions up to two years ahead. */
  year: number;
  /** Keys that are there, but in no form to be checked. */
  broken: ReadonlySet<string>;
  /** For what a resource has from the client. */
  reportClient: Report;
}

/** Cursors of one resource are one item of the ledger, which has its limit. */
const manyCursors = 5000;

/** What the grammar cannot say about a resource; a part that is missing here was refused before. */
export function checkResource(
  resource: Partial<ResourcePart>,
  context: ResourceContext,
  report: Report,
): void {
  const { elements, broken, year } = context;
  const { every, incremental, child_tables: children, shape } = resource;
  const scope = scopeOf(resource, elements, incremental !== undefined || broken.has('incremental'));
  if (every !== undefined && every !== 'once' && (parseDuration(every) ?? 0) < 60_000) {
    report(['every'], `'${every}': the shortest time between two fetches is PT1M`);
  }
  checkRequest(resource, context, scope, report);
  if (incremental) {
    checkIncremental(incremental, resource, reportBelow(report, ['incremental']));
    const count = elements?.slices.length ?? 0;
    if (count > manyCursors) {
      const message = `${count.toLocaleString('en')} cursors are much for one resource: beyond about ${manyCursors.toLocaleString('en')} its state may not fit into the ledger`;
      report(['for_each'], message, { severity: 'warning' });
    }
  }
  checkReconcile(resource, context, report);
  checkTable(resource, context, scope, report);
  if (children) checkChildTables(children, { scope, shape, year }, reportBelow(report, ['child_tables']));
}

function checkRequest(
  resource: Partial<ResourcePart>,
  { client, elements, reportClient, broken }: ResourceContext,
  scope: TemplateScope,
  report: Report,
): void {
  const { endpoint, data_selector: selector } = resource;
  if (selector !== undefined) checkJsonPath(selector, ['data_selector'], report);
  if (!endpoint) return;
  const below = reportBelow(report, ['endpoint']);
  checkEndpoint({ endpoint, scope, auth: client.auth }, below);
  checkResponseFormat(endpoint, resource, report);
  if (endpoint.response_filters)
    checkFilters(endpoint.response_filters, reportBelow(below, ['response_filters']));
  const group = elements?.group;
  const reportPaginator = reportBelow(endpoint.paginator ? below : reportClient, ['paginator']);
  // A shape that cannot be read is none that paging depends on.
  const known = broken.has('shape') ? { ...resource, shape: undefined } : resource;
  checkPaginator({ endpoint, shape: known.shape, client, group }, reportPaginator);
  if (group) checkGroup(group, endpoint, scope, reportBelow(report, ['for_each', group.variable]));
}

function checkTable(
  resource: Partial<ResourcePart>,
  { broken, year }: ResourceContext,
  scope: TemplateScope,
  report: Report,
): void {
  const { shape, columns, partition_by, first_year } = resource;
  if (columns) {
    checkColumns(columns, { scope, shape, isChild: false }, reportBelow(report, ['columns']));
    checkProtection({ ...resource, columns }, report);
  }
  if (columns && shape) checkShape({ shape, columns }, report);
  if (partition_by === undefined) return;
  if (columns && !['primary_key', 'event_time', 'order_by', 'moving_keys'].some((key) => broken.has(key))) {
    checkKey({ ...resource, columns, partition_by }, scope.slices, report);
  }
  if (first_year !== undefined) checkPartitions({ partition_by, first_year }, year, report);
}
