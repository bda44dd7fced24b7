/** A checked source file → the document that functions read: defaults filled in, templates kept, tables compiled. */
import { compileTable } from '../../table/compile-table.ts';
import type { TableDefinition } from '../../table/table-definition.ts';
import { defaultClient } from '../default-parts.ts';
import { parseDuration } from '../duration.ts';
import type { ClientPart, ResourcePart, SourceFile } from '../schema/source-schema.ts';
import type { Elements } from '../slices/read-slices.ts';
import type { Client, CompiledResource, CompiledSource } from '../source.ts';
import { renderTemplate } from '../template.ts';
import { compileAuth } from './compile-auth.ts';
import { compileBudget } from './compile-budget.ts';
import { compileEndpoint } from './compile-endpoint.ts';
import { compileElements } from './compile-elements.ts';
import { compileEnvelope } from './compile-envelope.ts';
import { compileIncremental } from './compile-incremental.ts';
import { compileProtection } from './compile-protection.ts';
import { defineChildTable, defineTables } from './define-table.ts';

/**
 * `elements` has those of each resource, in their order. Keys are written in one fixed order, those of the user in
 * theirs: the same file always gives the same text, and so the same key.
 */
export function compileSource(source: SourceFile, elements: readonly Elements[]): CompiledSource {
  const tables = defineTables(source.resources);
  return {
    v: 1,
    name: source.name,
    ...(source.attribution === undefined ? {} : { attribution: source.attribution.trim() }),
    client: compileClient(source.client),
    resources: source.resources.flatMap((resource, index) => {
      const table = tables[index];
      const parts = { client: source.client, elements: elements[index] ?? { slices: [{}] } };
      return table ? [compileResource(resource, table, parts)] : [];
    }),
  };
}

function compileClient(client: ClientPart): Client {
  return {
    ...defaultClient,
    base_url: client.base_url.endsWith('/') ? client.base_url : `${client.base_url}/`,
    headers: Object.fromEntries(
      // No slice, no placeholder: this turns doubled braces into single ones.
      Object.entries(client.headers).map(([name, value]) => [name, renderTemplate(value, {})]),
    ),
    ...(client.auth ? { auth: compileAuth(client.auth) } : {}),
    ...(client.api_budget ? { api_budget: compileBudget(client.api_budget) } : {}),
    timeout_ms: parseDuration(client.timeout) ?? 0,
    concurrency: client.concurrency,
    max_attempts: client.max_attempts,
    max_waiting_ms: parseDuration(client.max_waiting_time) ?? 0,
  };
}

function compileResource(
  resource: ResourcePart,
  table: TableDefinition,
  { client, elements }: { client: ClientPart; elements: Elements },
): CompiledResource {
  const { every, incremental, reconcile, child_tables: children = [] } = resource;
  const childTables = children.map((child) => defineChildTable(resource, child));
  return {
    name: resource.name,
    ...(every === undefined || every === 'once' ? {} : { every_ms: parseDuration(every) ?? 0 }),
    ...(every === 'once' ? { once: true } : {}),
    ...(reconcile
      ? {
          reconcile: {
            every_ms: parseDuration(reconcile.every) ?? 0,
            delete_missing: reconcile.delete_missing,
          },
        }
      : {}),
    endpoint: compileEndpoint(resource.endpoint, client),
    data_selector: resource.data_selector,
    shape: resource.shape,
    ...compileElements(resource, elements),
    on_slice_error: resource.on_slice_error,
    ...(incremental ? { incremental: compileIncremental(incremental) } : {}),
    ...compileEnvelope([table, ...childTables]),
    protect: compileProtection(resource),
    table: compileTable(table),
    child_tables: childTables.map(compileTable),
    definitions: [table, ...childTables],
  };
}
