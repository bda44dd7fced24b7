/** A row's snippet merged into the least source there is, and the loader's word on it. */
import { stringify, parse } from 'yaml';
import { checkSql } from '../../deploy/check-sql.ts';
import { loadSource, type LoadedSource } from '../../pipeline/source/load-source.ts';
import type { HostileApi } from './api-server.ts';
import type { Row } from './row.ts';

type Mapping = Record<string, unknown>;

const least = {
  client: { base_url: '{api}/', concurrency: 1 },
  resource: {
    name: 'items',
    endpoint: { path: 'items' },
    columns: { id: 'bigint' },
    primary_key: 'id',
    partition_by: 'none',
  },
};

/** These belong to a source file; any other key of a snippet belongs to its first resource. */
const ofTheFile = new Set(['client', 'resources', 'resource_defaults']);

export function buildSource(
  { source = '' }: Pick<Row, 'source'>,
  api: Pick<HostileApi, 'url' | 'stranger'>,
): string {
  const snippet = (parse(source) ?? {}) as Mapping;
  const own = Object.fromEntries(Object.entries(snippet).filter(([key]) => !ofTheFile.has(key)));
  const { client, resources, resource_defaults } = snippet as {
    client?: Mapping;
    resources?: Mapping[];
    resource_defaults?: Mapping;
  };
  const file = {
    version: 1,
    name: 'conformance',
    client: { ...least.client, ...client },
    ...(resource_defaults && { resource_defaults }),
    resources: [merge(least.resource, own), ...(resources ?? []).map((more) => merge(asChild, more))],
  };
  return stringify(file, { lineWidth: 0 })
    .replaceAll('{api}', api.url)
    .replaceAll('{stranger}', api.stranger);
}

const asChild = { columns: { id: 'bigint' }, primary_key: 'id', partition_by: 'none' };

/** The endpoint key by key, all else as a whole; null takes a key away. */
function merge(preset: Mapping, own: Mapping): Mapping {
  const endpoint = {
    ...(preset['endpoint'] as Mapping | undefined),
    ...(own['endpoint'] as Mapping | undefined),
  };
  const merged = { ...preset, ...own, endpoint };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

export function loadRow(
  row: Row,
  api: Pick<HostileApi, 'url' | 'stranger'>,
  now: Date,
): Promise<LoadedSource> {
  return loadSource({
    name: 'conformance.yaml',
    text: buildSource(row, api),
    readFile: (name) => Promise.resolve(row.files?.[name]),
    now,
    checkSql,
  });
}
