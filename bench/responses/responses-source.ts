import { loadSource } from '../../pipeline/source/load-source.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';

const endpoints: Record<string, string> = {
  json: '{ path: records.json }',
  ndjson: '{ path: records.ndjson, response_format: ndjson }',
  csv: '{ path: records.csv, response_format: csv }',
};

/** The source that asks for one response of this format, compiled: the file is named by it. */
export async function responsesSource(file: string, address: string): Promise<CompiledSource> {
  const format = file.replace('.json', '');
  const text = `
version: 1
name: responses
client: { base_url: '${address}', timeout: PT10M }
resources:
  - name: records
    endpoint: ${endpoints[format]}
    data_selector: ${format === 'json' ? '$.data' : '$'}
    columns: { id: bigint, time: timestamp, station: string, temperature: double, signature: string }
    primary_key: [id, time]
    event_time: time
`;
  const loaded = await loadSource({ name: file, text, readFile: async () => undefined, now: new Date() });
  if (loaded.ok) return loaded.source;
  throw new Error(formatProblems(loaded.problems));
}
