import type { DuckDBConnection } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileSql } from '../../pipeline/table/file-sql.ts';
import { quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';

/**
 * Merges and writes the files of one task. Nothing is stored yet: then all of them are merged as one, and a file is a
 * range of the rows, which are sorted by file and key. `share`: a condition over `files`.
 */
export async function writeFiles(
  task: DuckDBConnection,
  spec: TableSpec,
  { folder, share }: { folder: string; share: string },
): Promise<void> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  await task.run(
    `CREATE TEMP VIEW incoming AS SELECT ${columns} FROM parsed JOIN files ON "_file" = files.name WHERE ${share}`,
  );
  await task.run(`CREATE TEMP VIEW stored AS SELECT ${columns} FROM parsed WHERE false`);
  const order = spec.key.map(quoteName).join(', ');
  await task.run(
    `CREATE TEMP TABLE merged AS SELECT merged.*, files.number AS "_number" FROM (${spec.merge_sql}) AS merged JOIN files ON files.name = ${fileSql(spec, spec.event_time)} ORDER BY "_number", ${order}`,
  );
  const counted = await task.runAndReadAll(
    `SELECT name, count(*)::INTEGER FROM merged JOIN files ON "_number" = number GROUP BY name, number ORDER BY number`,
  );
  let first = 0;
  for (const [name, count] of counted.getRows() as [string, number][]) {
    const path = join(folder, spec.name, name);
    mkdirSync(dirname(path), { recursive: true });
    const rows = `SELECT ${columns} FROM merged WHERE rowid BETWEEN ${first} AND ${first + count - 1}`;
    await task.run(`COPY (${rows}) TO ${quoteText(path)} ${spec.copy_options}`);
    first += count;
  }
}
