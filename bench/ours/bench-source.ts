import { loadSource } from '../../pipeline/source/load-source.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';

/** What a user would write for the API of the benchmarks. */
export async function benchSource(address: string): Promise<CompiledSource> {
  const text = `
version: 1
name: bench
client: { base_url: '${address}', concurrency: 20 }
resource_defaults:
  columns:
    id: bigint
    time: timestamp
    station: string
    temperature: double
    humidity: bigint
    note: string
  primary_key: [id, time]
  event_time: time
resources:
  - name: pages
    endpoint: { path: pages, paginator: { type: header_link, maximum_pages: 100000 } }
  - name: ids
    endpoint: { path: items }
    columns: { id: bigint }
    primary_key: id
    partition_by: none
  - name: items
    for_each: { item: { resource: ids, fields: { id: $.id } } }
    endpoint: { path: 'items/{item.id}' }
`;
  const loaded = await loadSource({
    name: 'bench.yaml',
    text,
    readFile: async () => undefined,
    now: new Date(),
  });
  if (loaded.ok) return loaded.source;
  throw new Error(formatProblems(loaded.problems));
}
