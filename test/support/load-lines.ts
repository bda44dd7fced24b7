/** An engine in miniature: what a load does with a table's files, in a local folder. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { tombstonesKey } from '../../pipeline/table/tombstones-sql.ts';
import { putLines, readTexts } from './duck.ts';
import type { GoldenLine } from './golden-case.ts';

export interface LoadCounts {
  filtered: number;
  quarantined: number;
  inserted: number;
  updated: number;
  duplicate: number;
  removed: number;
  /** Files whose bytes changed, or that are new. */
  written: number;
}

export async function loadLines(
  duck: DuckDBConnection,
  { spec, folder }: { spec: TableSpec; folder: string },
  lines: readonly GoldenLine[],
): Promise<LoadCounts> {
  await putLines(duck, lines);
  await duck.run(`CREATE OR REPLACE TABLE parsed AS ${spec.parse_sql}`);
  const [left] = await readTexts(
    duck,
    'SELECT count(*) FILTER (_reject IS NOT NULL) AS quarantined, count(*) FILTER (_filtered AND _reject IS NULL) AS filtered FROM parsed',
  );
  const files = await readTexts(
    duck,
    'SELECT _file AS file, count(*) AS rows FROM parsed WHERE _file IS NOT NULL GROUP BY _file ORDER BY _file',
  );
  const counts: LoadCounts = {
    filtered: Number(left?.['filtered']),
    quarantined: Number(left?.['quarantined']),
    inserted: 0,
    updated: 0,
    duplicate: 0,
    removed: 0,
    written: 0,
  };
  for (const { file, rows } of files) {
    if (file === null || file === undefined) continue;
    const { written, ...merged } = await mergeFile(duck, spec, { path: join(folder, file), file });
    counts.inserted += merged.inserted;
    counts.updated += merged.updated;
    counts.removed += merged.removed;
    counts.duplicate += Number(rows) - merged.inserted - merged.updated - merged.removed;
    counts.written += written;
  }
  return counts;
}

async function mergeFile(
  duck: DuckDBConnection,
  spec: TableSpec,
  { path, file }: { path: string; file: string },
): Promise<Pick<LoadCounts, 'inserted' | 'updated' | 'removed' | 'written'>> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  const stored = existsSync(path)
    ? `read_parquet(${quoteText(path)})`
    : `(SELECT ${columns} FROM incoming WHERE false)`;
  const carried = spec.tombstones_sql === undefined ? columns : `${columns}, _deleted`;
  await duck.run(
    `CREATE OR REPLACE VIEW incoming AS SELECT ${carried} FROM parsed WHERE _file = ${quoteText(file)}`,
  );
  await duck.run(`CREATE OR REPLACE VIEW stored AS SELECT * FROM ${stored}`);
  await duck.run(`CREATE OR REPLACE VIEW tombstones AS ${selectTombstones(path)}`);
  await duck.run(`CREATE OR REPLACE TABLE merged AS ${spec.merge_sql}`);
  const [outcomes] = await readTexts(
    duck,
    `SELECT count(*) FILTER (_outcome = 'inserted') AS inserted, count(*) FILTER (_outcome = 'updated') AS updated, count(*) FILTER (_outcome = 'removed') AS removed FROM merged`,
  );
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  await copyMerged(duck, spec, next);
  const written = existsSync(path) && readFileSync(path).equals(readFileSync(next)) ? 0 : 1;
  renameSync(next, path);
  const count = (outcome: string): number => Number(outcomes?.[outcome]);
  return { inserted: count('inserted'), updated: count('updated'), removed: count('removed'), written };
}

/** Writes the table `merged`, with what it has removed in the file's metadata. */
export async function copyMerged(duck: DuckDBConnection, spec: TableSpec, path: string): Promise<void> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  if (spec.tombstones_sql === undefined) {
    await duck.run(`COPY (SELECT ${columns} FROM merged) TO ${quoteText(path)} ${spec.copy_options}`);
    return;
  }
  const [found] = await readTexts(duck, spec.tombstones_sql);
  const metadata = found?.['text'] ?? undefined;
  const options =
    metadata === undefined
      ? spec.copy_options
      : `${spec.copy_options.slice(0, -1)}, KV_METADATA {${tombstonesKey}: ${quoteText(metadata)}})`;
  await duck.run(`COPY (SELECT ${columns} FROM merged WHERE NOT _deleted) TO ${quoteText(path)} ${options}`);
}

function selectTombstones(path: string): string {
  if (!existsSync(path)) return 'SELECT CAST(NULL AS VARCHAR) AS text WHERE false';
  return `SELECT decode(value) AS text FROM parquet_kv_metadata(${quoteText(path)}) WHERE decode(key) = '${tombstonesKey}'`;
}
