/** Raw objects → hourly Parquet by the two statements of the table, in one process: what an engine does with a first load. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';

/** Files are written by this many at a time: a small one does not keep two cores busy. */
const connections = 3;

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
  await mergeAll(duck, spec);
  const found = await duck.runAndReadAll('SELECT DISTINCT "_file" FROM merged ORDER BY 1');
  const names = (found.getRows() as [string][]).map(([name]) => name);
  const work = Array.from({ length: connections }, async () => {
    const writer = await instance.connect();
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      await writeFile(writer, { spec, name, folder });
    }
  });
  await Promise.all(work);
  const counted = await duck.runAndReadAll(
    `SELECT sum(num_rows)::INTEGER FROM parquet_file_metadata(${quoteText(`${folder}/**/*.parquet`)})`,
  );
  return Number(counted.getRows()[0]?.[0]);
}

/** Nothing is stored yet, and a key has one file: then all files are merged as one, and sorted by file and key. */
async function mergeAll(duck: DuckDBConnection, spec: TableSpec): Promise<void> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  await duck.run(`CREATE VIEW incoming AS SELECT ${columns} FROM parsed WHERE "_file" IS NOT NULL`);
  await duck.run(`CREATE VIEW stored AS SELECT ${columns} FROM parsed WHERE false`);
  const order = ['_file', ...spec.key].map(quoteName).join(', ');
  await duck.run(
    `CREATE TABLE merged AS SELECT * FROM (${spec.merge_sql}) JOIN (SELECT "_file", "_object", "_line", "_row" FROM parsed) USING ("_object", "_line", "_row") ORDER BY ${order}`,
  );
}

interface OneFile {
  spec: TableSpec;
  name: string;
  folder: string;
}

async function writeFile(duck: DuckDBConnection, { spec, name, folder }: OneFile): Promise<void> {
  const columns = spec.columns.map((column) => quoteName(column.name)).join(', ');
  const path = join(folder, spec.name, name);
  mkdirSync(dirname(path), { recursive: true });
  await duck.run(
    `COPY (SELECT ${columns} FROM merged WHERE "_file" = ${quoteText(name)}) TO ${quoteText(path)} ${spec.copy_options}`,
  );
}
