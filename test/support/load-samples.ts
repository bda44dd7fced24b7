/** Windows, objects and table specs as the other parts make them, in small. */
import type { FetchItem, LandedObject } from '../../pipeline/ledger/items.ts';
import { rawObjectKey } from '../../pipeline/raw-object.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { lineageColumns, type Granularity, type TableSpec } from '../../pipeline/table/table-spec.ts';
import { defaultClient, defaultEndpoint, defaultResource } from '../../pipeline/source/default-parts.ts';

export function landedObject(key: string): LandedObject {
  return { key, version_id: `v-${key.length}`, etag: '"e"', bytes: 1000, lines: 1 };
}

/** A committed window with this many objects. */
export function fetchItem(resource: string, scheduledAt: string, objects: number): FetchItem {
  return {
    pk: `FETCH#${resource}#all`,
    sk: `AT#${scheduledAt}`,
    work: 'fetch',
    work_at: scheduledAt,
    resource,
    slice: 'all',
    scheduled_at: scheduledAt,
    state: 'committed',
    attempt: 1,
    started_at: scheduledAt,
    ended_at: scheduledAt,
    objects: Array.from({ length: objects }, (_, part) =>
      landedObject(
        rawObjectKey({ resource, slice: 'all', scheduledAt: new Date(scheduledAt), attempt: 1, part }),
      ),
    ),
  };
}

export function tableSpec(name: string, partition_by: Granularity): TableSpec {
  return {
    v: 1,
    name,
    columns: [{ name: 'city', type: 'varchar' }, { name: 'time', type: 'timestamp' }, ...lineageColumns],
    key: ['city', 'time'],
    partition_by,
    first_year: 2020,
    files_per_partition: 1,
    exact_fields: [],
    parse_sql: 'SELECT 1',
    merge_sql: 'SELECT 1',
    copy_options: 'FORMAT parquet',
  };
}

/** A source with these resources, of which a dispatcher reads the tables only. */
export function compiledSource(resources: [name: string, partition_by: Granularity][]): CompiledSource {
  return {
    v: 1,
    name: 'samples',
    client: {
      ...defaultClient,
      base_url: 'https://api.example.com/',
    },
    resources: resources.map(([name, partition_by]) => ({
      ...defaultResource,
      name,
      endpoint: { ...defaultEndpoint, path: name },
      shape: 'object',
      table: tableSpec(name, partition_by),
    })),
  };
}
