/** An engine in miniature: what a load does with a table's files, in a local folder. */
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { putLines, readTexts } from './duck.ts';
import type { GoldenLine } from './golden-case.ts';

export interface LoadCounts {
  quarantined: number;
  inserted: number;
  updated: number;
  duplicate: number;
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
  const files = await readTexts(
    duck,
    'SELECT _file AS file, count(*) AS rows FROM parsed GROUP BY _file ORDER BY _file NULLS LAST',
  );
  const counts: LoadCounts = { quarantined: 0, inserted: 0, updated: 0, duplicate: 0, written: 0 };
  for (const { file, rows } of files) {
    if (file === null || file === undefined) counts.quarantined += Number(rows);
    else {
      const merged = await mergeFile(duck, spec, { path: join(folder, file), file });
      counts.inserted += merged.inserted;
      counts.updated += merged.updated;
      counts.duplicate += Number(rows) - merged.inserted - merged.updated;
      counts.written += merged.written;
    }
  }
  return counts;
}

async function mergeFile(
  duck: DuckDBConnection,
  spec: TableSpec,
  { path, file }: { path: string; file: string },
): Promise<{ inserted: number; updated: number; written: number }> {
  const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
  const stored = existsSync(path)
    ? `read_parquet(${quoteText(path)})`
    : '(SELECT * FROM incoming WHERE false)';
  await duck.run(
    `CREATE OR REPLACE VIEW incoming AS SELECT ${columns} FROM parsed WHERE _file = ${quoteText(file)}`,
  );
  await duck.run(`CREATE OR REPLACE VIEW stored AS SELECT * FROM ${stored}`);
  await duck.run(`CREATE OR REPLACE TABLE merged AS ${spec.merge_sql}`);
  const [outcomes] = await readTexts(
    duck,
    `SELECT count(*) FILTER (_outcome = 'inserted') AS inserted, count(*) FILTER (_outcome = 'updated') AS updated FROM merged`,
  );
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  await duck.run(`COPY (SELECT ${columns} FROM merged) TO ${quoteText(next)} ${spec.copy_options}`);
  const written = existsSync(path) && readFileSync(path).equals(readFileSync(next)) ? 0 : 1;
  renameSync(next, path);
  return { inserted: Number(outcomes?.['inserted']), updated: Number(outcomes?.['updated']), written };
}
