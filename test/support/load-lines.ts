/** An engine in miniature: what a load does with a table's files, in a local folder. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { castColumn, quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { tombstonesKey } from '../../pipeline/table/tombstones-sql.ts';
import { putLines, readTexts } from './duck.ts';
import type { GoldenLine, GoldenRow, MovedKey } from './golden-case.ts';

export interface LoadCounts {
  filtered: number;
  quarantined: number;
  inserted: number;
  updated: number;
  duplicate: number;
  removed: number;
  vanished: number;
  moved: number;
  /** Files whose bytes changed, or that are new. */
  written: number;
}

/** What a load's manifest says, or its routing finds, beside the rows. */
export interface LoadOptions {
  mark?: string;
  sweep?: boolean;
  moved_keys?: readonly MovedKey[];
}

const changes = ['inserted', 'updated', 'removed', 'vanished', 'moved'] as const;

export async function loadLines(
  duck: DuckDBConnection,
  { spec, folder }: { spec: TableSpec; folder: string },
  lines: readonly GoldenLine[],
  { mark, sweep = false, moved_keys = [] }: LoadOptions = {},
): Promise<LoadCounts> {
  await putLines(duck, lines);
  await duck.run(`CREATE OR REPLACE TABLE parsed AS ${spec.parse_sql}`);
  const [left] = await readTexts(
    duck,
    'SELECT count(*) FILTER (_reject IS NOT NULL) AS quarantined, count(*) FILTER (_filtered AND _reject IS NULL) AS filtered FROM parsed',
  );
  const found = await readTexts(
    duck,
    'SELECT _file AS file, count(*) AS rows FROM parsed WHERE _file IS NOT NULL GROUP BY _file',
  );
  const rows = new Map(found.map(({ file, rows: count }) => [String(file), Number(count)]));
  const files = new Set([...rows.keys(), ...moved_keys.map(({ file }) => file)]);
  if (sweep) for (const file of listFiles(folder)) files.add(file);
  const counts: LoadCounts = {
    filtered: Number(left?.['filtered']),
    quarantined: Number(left?.['quarantined']),
    inserted: 0,
    updated: 0,
    duplicate: 0,
    removed: 0,
    vanished: 0,
    moved: 0,
    written: 0,
  };
  for (const file of [...files].toSorted()) {
    await putMark(duck, mark);
    await putMoved(
      duck,
      spec,
      moved_keys.filter((key) => key.file === file),
    );
    const merged = await mergeFile(duck, spec, { path: join(folder, file), file });
    const removed = merged.removed + merged.vanished + merged.moved;
    for (const name of changes) counts[name] += name === 'removed' ? removed : merged[name];
    counts.duplicate += (rows.get(file) ?? 0) - merged.inserted - merged.updated - merged.removed;
    counts.written += merged.written;
  }
  return counts;
}

/** Below the table's folder. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.parquet'))
    .map((file) => file.replaceAll(sep, '/'))
    .toSorted();
}

/** The view `mark`. */
export async function putMark(duck: DuckDBConnection, mark: string | undefined): Promise<void> {
  const rows = mark === undefined ? 'NULL' : quoteText(mark);
  const where = mark === undefined ? ' WHERE false' : '';
  await duck.run(`CREATE OR REPLACE VIEW mark AS SELECT CAST(${rows} AS TIMESTAMP) AS "at"${where}`);
}

/** The table `moved`. */
export async function putMoved(
  duck: DuckDBConnection,
  { columns, key }: TableSpec,
  keys: readonly GoldenRow[],
): Promise<void> {
  const parts = columns.filter(({ name }) => key.includes(name));
  const select = (row: GoldenRow): string =>
    parts
      .map((part) => castColumn(part, row[part.name] == null ? 'NULL' : quoteText(row[part.name] ?? '')))
      .join(', ');
  const rows = keys.map((row) => `UNION ALL SELECT ${select(row)}`);
  await duck.run(`CREATE OR REPLACE TABLE moved AS SELECT ${select({})} WHERE false ${rows.join(' ')}`);
}

type Merged = Pick<LoadCounts, (typeof changes)[number] | 'written'>;

/** `removed` are only those that an incoming row takes out. */
async function mergeFile(
  duck: DuckDBConnection,
  spec: TableSpec,
  { path, file }: { path: string; file: string },
): Promise<Merged> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  const stored = existsSync(path)
    ? `read_parquet(${quoteText(path)}, hive_partitioning = false)`
    : `(SELECT ${columns} FROM incoming WHERE false)`;
  const carried = spec.tombstones_sql === undefined ? columns : `${columns}, _deleted`;
  await duck.run(
    `CREATE OR REPLACE VIEW incoming AS SELECT ${carried} FROM parsed WHERE _file = ${quoteText(file)}`,
  );
  await duck.run(`CREATE OR REPLACE VIEW stored AS SELECT * FROM ${stored}`);
  await duck.run(`CREATE OR REPLACE VIEW tombstones AS ${selectTombstones(path)}`);
  await duck.run(`CREATE OR REPLACE TABLE merged AS ${spec.merge_sql}`);
  const outcomes = await readTexts(
    duck,
    'SELECT _outcome AS outcome, count(*) AS rows FROM merged GROUP BY _outcome',
  );
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  await copyMerged(duck, spec, next);
  const written = existsSync(path) && readFileSync(path).equals(readFileSync(next)) ? 0 : 1;
  renameSync(next, path);
  const count = (name: string): number =>
    Number(outcomes.find(({ outcome }) => outcome === name)?.['rows'] ?? 0);
  return {
    inserted: count('inserted'),
    updated: count('updated'),
    removed: count('removed'),
    vanished: count('vanished'),
    moved: count('moved'),
    written,
  };
}

/** Writes the table `merged`, with what it has removed in the file's metadata. */
export async function copyMerged(duck: DuckDBConnection, spec: TableSpec, path: string): Promise<void> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  const rows = `SELECT ${columns} FROM merged WHERE _outcome NOT IN ('removed', 'gone', 'vanished', 'moved')`;
  const [found] = spec.tombstones_sql === undefined ? [] : await readTexts(duck, spec.tombstones_sql);
  const metadata = found?.['text'] ?? undefined;
  const options =
    metadata === undefined
      ? spec.copy_options
      : `${spec.copy_options.slice(0, -1)}, KV_METADATA {${tombstonesKey}: ${quoteText(metadata)}})`;
  await duck.run(`COPY (${rows}) TO ${quoteText(path)} ${options}`);
}

function selectTombstones(path: string): string {
  if (!existsSync(path)) return 'SELECT CAST(NULL AS VARCHAR) AS text WHERE false';
  return `SELECT decode(value) AS text FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = '${tombstonesKey}'`;
}
