/**
 * Raw objects → hourly Parquet by the two statements of the table, in one process: what an engine does with a first load.
 * As in the job, a DuckDB connection is one task of one thread, and there are as many as there are cores.
 */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { availableParallelism } from 'node:os';
import { quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { rawTexts, type RawText } from './raw-texts.ts';
import { writeFiles } from './write-files.ts';

/** `objects`: gzipped NDJSON. */
export async function loadObjects(spec: TableSpec, objects: string[], folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  const tasks = await Promise.all(Array.from({ length: availableParallelism() }, () => instance.connect()));
  await duck.run('CREATE TABLE lines (object VARCHAR, line BIGINT, text VARCHAR)');
  await duck.run(`CREATE TABLE parsed AS ${spec.parse_sql} LIMIT 0`);
  const texts = rawTexts(objects);
  await Promise.all(tasks.map((task) => parseTexts(task, spec, texts)));
  // Files are numbered, and shared out among the tasks by their numbers: a key has one file.
  await duck.run(
    `CREATE TABLE files AS SELECT "_file" AS name, row_number() OVER () AS number FROM (SELECT DISTINCT "_file" FROM parsed WHERE "_file" IS NOT NULL)`,
  );
  await Promise.all(
    tasks.map((task, index) =>
      writeFiles(task, spec, { folder, share: `number % ${tasks.length} = ${index}` }),
    ),
  );
}

/** The rows that the files have, by their footers. */
export async function countRows(folder: string): Promise<number> {
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  const counted = await duck.runAndReadAll(
    `SELECT sum(num_rows)::INTEGER FROM parquet_file_metadata(${quoteText(`${folder}/**/*.parquet`)})`,
  );
  return Number(counted.getRows()[0]?.[0]);
}

async function parseTexts(
  task: DuckDBConnection,
  { parse_sql }: TableSpec,
  texts: AsyncGenerator<RawText>,
): Promise<void> {
  // Of the types that are bound below: else each run would plan the statement again, for three times what it takes.
  const lines = `SELECT CAST($1 AS VARCHAR) AS object, CAST($2 AS BIGINT) + generate_subscripts(texts, 1) - 1 AS line, unnest(texts) AS text FROM (SELECT string_split(CAST($3 AS VARCHAR), chr(10)) AS texts)`;
  await task.run('BEGIN');
  const parse = await task.prepare(
    `INSERT INTO parsed BY NAME WITH lines AS (${lines}) SELECT * FROM (${parse_sql})`,
  );
  // One ahead: the next text is unpacked meanwhile.
  let ahead = texts.next();
  for (let found = await ahead; !found.done; found = await ahead) {
    ahead = texts.next();
    const { object, line, text } = found.value;
    parse.bindVarchar(1, object);
    parse.bindBigInt(2, BigInt(line));
    parse.bindVarchar(3, text);
    await parse.run();
  }
  await task.run('COMMIT');
}
