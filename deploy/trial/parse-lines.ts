import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { CompiledResource } from '../../pipeline/source/source.ts';
import { lineageColumns, type TableSpec } from '../../pipeline/table/table-spec.ts';

export interface ParsedRows {
  /** As DuckDB prints values, null for NULL; lineage columns left out, but for `_extra`. */
  rows: Record<string, string | null>[];
  rejects: { reason: string; detail: string | null; record: string | null }[];
  /** Left out by the source's own filter. */
  filtered: number;
  /** Rows that remove their key. */
  deleted: number;
  /** `warn below_min temperature` → how many rows. */
  violations: Record<string, number>;
}

/** The tables of one resource, by name: its own, then those of its nested lists. */
export async function parseTables(
  { table, child_tables }: Pick<CompiledResource, 'table' | 'child_tables'>,
  lines: readonly Buffer[],
): Promise<Map<TableSpec, ParsedRows>> {
  const parsed = new Map<TableSpec, ParsedRows>();
  for (const spec of [table, ...child_tables]) parsed.set(spec, await parseLines(spec, lines));
  return parsed;
}

const hidden = new Set<string>(lineageColumns.map(({ name }) => name).filter((name) => name !== '_extra'));

/** Raw lines → rows, by the statement that the engines run; `object` is a name for them all. */
async function parseLines(spec: TableSpec, lines: readonly Buffer[], object = 'trial'): Promise<ParsedRows> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  try {
    await putLines(duck, lines, object);
    const reader = await duck.runAndReadAll(
      `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT * FROM (${spec.parse_sql}) ORDER BY "_object", "_line", "_row")`,
    );
    const found = reader.getRowObjects() as Record<string, string | null>[];
    const good = found.filter((row) => row['_reject'] === null && !isSet(row, '_filtered'));
    return {
      rows: good.filter((row) => !isSet(row, '_deleted')).map((row) => ownColumns(row, spec)),
      deleted: good.filter((row) => isSet(row, '_deleted')).length,
      violations: countViolations(found),
      rejects: found.flatMap(({ _reject: reason, _detail: detail = null, _record: record = null }) =>
        reason == null ? [] : [{ reason, detail, record }],
      ),
      filtered: found.filter((row) => isSet(row, '_filtered')).length,
    };
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
}

async function putLines(duck: DuckDBConnection, lines: readonly Buffer[], object: string): Promise<void> {
  await duck.run('CREATE TABLE lines (object VARCHAR, line BIGINT, text VARCHAR)');
  const appender = await duck.createAppender('lines');
  for (const [number, line] of lines.entries()) {
    appender.appendVarchar(object);
    appender.appendBigInt(BigInt(number));
    appender.appendVarchar(line.toString('utf8').replace(/\n$/, ''));
    appender.endRow();
  }
  appender.closeSync();
}

function ownColumns(row: Record<string, string | null>, spec: TableSpec): Record<string, string | null> {
  const names = spec.columns.map(({ name }) => name).filter((name) => !hidden.has(name));
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** A list as DuckDB prints it: `[warn below_min temperature, fail not_null id]`. */
function countViolations(rows: Record<string, string | null>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { _violations: list } of rows) {
    for (const violation of (list ?? '[]')
      .slice(1, -1)
      .split(', ')
      .filter((text) => text !== '')) {
      counts[violation] = (counts[violation] ?? 0) + 1;
    }
  }
  return counts;
}

function isSet(row: Record<string, string | null>, flag: string): boolean {
  return row[flag] === 'true';
}
