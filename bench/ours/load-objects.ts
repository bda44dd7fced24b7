/** Raw objects → hourly Parquet by the two statements of the table, in one process: what an engine does with a first load. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';

/** `objects`: gzipped NDJSON; answers with the rows that the files have, read from their footers. */
export async function loadObjects(spec: TableSpec, objects: string[], folder: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  const files = `[${objects.map(quoteText).join(', ')}]`;
  // A line is one column, whatever is in it; the lines of a file keep their order.
  await duck.run(
    `CREATE TABLE lines AS SELECT filename AS object, row_number() OVER () - 1 AS line, text FROM read_csv(${files}, header = false, delim = chr(1), quote = '', escape = '', auto_detect = false, columns = { text: 'VARCHAR' }, max_line_size = 16000000, strict_mode = false, filename = true, compression = 'gzip')`,
  );
  await duck.run(`CREATE TABLE parsed AS ${spec.parse_sql}`);
  await duck.run('DROP TABLE lines');
  const names = await duck.runAndReadAll(
    'SELECT DISTINCT "_file" FROM parsed WHERE "_file" IS NOT NULL ORDER BY 1',
  );
  for (const [name] of names.getRows() as [string][]) await writeFile(duck, { spec, name, folder });
  const counted = await duck.runAndReadAll(
    `SELECT sum(num_rows)::INTEGER FROM parquet_file_metadata(${quoteText(`${folder}/**/*.parquet`)})`,
  );
  return Number(counted.getRows()[0]?.[0]);
}

interface OneFile {
  spec: TableSpec;
  name: string;
  folder: string;
}

async function writeFile(duck: DuckDBConnection, { spec, name, folder }: OneFile): Promise<void> {
  const columns = spec.columns.map((column) => `"${column.name}"`).join(', ');
  await duck.run(
    `CREATE OR REPLACE VIEW incoming AS SELECT ${columns} FROM parsed WHERE "_file" = ${quoteText(name)}`,
  );
  await duck.run(`CREATE OR REPLACE VIEW stored AS SELECT ${columns} FROM parsed WHERE false`);
  const path = join(folder, spec.name, name);
  mkdirSync(dirname(path), { recursive: true });
  await duck.run(
    `COPY (SELECT * EXCLUDE ("_outcome") FROM (${spec.merge_sql})) TO ${quoteText(path)} ${spec.copy_options}`,
  );
}
