/** Raw lines to rows, through the very statements that the engine runs. */
import { quoteText } from '../../pipeline/table/quote.ts';
import { openDuck, putLines, readTexts } from '../support/duck.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';

export type Cells = Record<string, string | null>;

/** Lines as they lie in one raw object. */
export interface LandedText {
  object: string;
  lines: string[];
}

/** What one fetch brought to a table; of several resources that feed it, each has its own way of reading. */
export interface LandedLoad {
  table: TableSpec;
  objects: LandedText[];
  /** Rows fetched before do not count: a complete listing has shown which are left. */
  mark?: string | undefined;
}

export interface ParsedRows {
  rows: Cells[];
  rejects: string[];
  filtered: number;
  /** `warn above_max v`: once for each row. */
  violations: string[];
}

export interface MergedRows {
  rows: Cells[];
  /** Of columns that are to be unique, after the last load. */
  violations: string[];
}

export interface RowParser {
  parse(table: TableSpec, objects: LandedText[]): Promise<ParsedRows>;
  /** What the table holds after these loads, one after another, in the order of its key. */
  merge(table: TableSpec, loads: readonly LandedLoad[]): Promise<MergedRows>;
  close(): void;
}

export async function createRowParser(): Promise<RowParser> {
  const duck = await openDuck();
  return {
    async parse(table, objects) {
      await putParsed(duck, table, objects);
      const rows = await readTexts(duck, 'SELECT * FROM parsed ORDER BY _object, _line, _row');
      const good = rows.filter((row) => row['_reject'] === null && row['_filtered'] !== 'true');
      return {
        rows: good,
        rejects: rows.flatMap((row) => row['_reject'] ?? []),
        filtered: rows.filter((row) => row['_filtered'] === 'true').length,
        violations: rows.flatMap((row) => row['_violations']?.slice(1, -1).split(', ').filter(Boolean) ?? []),
      };
    },
    async merge(table, loads) {
      const columns = table.columns.map(({ name }) => `"${name}"`).join(', ');
      const key = table.key.map((name) => `"${name}"`).join(', ');
      const deletes = table.tombstones_sql !== undefined;
      let tombstones: string | null = null;
      let violations: string[] = [];
      await duck.run('DROP TABLE IF EXISTS held');
      for (const { table: reading, objects, mark } of loads) {
        await putParsed(duck, reading, objects);
        await duck.run(
          `CREATE OR REPLACE VIEW incoming AS SELECT ${columns}${deletes ? ', _deleted' : ''} FROM parsed WHERE _reject IS NULL AND NOT _filtered`,
        );
        await duck.run(`CREATE TABLE IF NOT EXISTS held AS SELECT ${columns} FROM incoming WHERE false`);
        await duck.run('CREATE OR REPLACE VIEW stored AS SELECT * FROM held');
        const kept =
          tombstones === null
            ? '(SELECT NULL::VARCHAR AS text WHERE false)'
            : `(SELECT ${quoteText(tombstones)} AS text)`;
        await duck.run(`CREATE OR REPLACE VIEW tombstones AS SELECT * FROM ${kept}`);
        if (table.marks) await duck.run(`CREATE OR REPLACE VIEW mark AS ${markAt(mark)}`);
        // All rows lie in one file here: none has another to move to.
        if (table.moving)
          await duck.run(`CREATE OR REPLACE VIEW moved AS SELECT ${key} FROM held WHERE false`);
        await duck.run(`CREATE OR REPLACE TABLE merged AS ${table.merge_sql}`);
        if (table.tombstones_sql !== undefined) {
          const [first] = await readTexts(duck, table.tombstones_sql);
          tombstones = first?.['text'] ?? null;
        }
        if (table.unique_sql !== undefined) {
          violations = (await readTexts(duck, table.unique_sql)).flatMap((row) => row['violation'] ?? []);
        }
        await duck.run(
          `CREATE OR REPLACE TABLE held AS SELECT ${columns} FROM merged
          WHERE _outcome NOT IN ('vanished', 'moved') ${deletes ? 'AND NOT _deleted' : ''}`,
        );
      }
      const rows = loads.length === 0 ? [] : await readTexts(duck, `SELECT * FROM held ORDER BY ${key}`);
      return { rows, violations };
    },
    close: () => duck.closeSync(),
  };
}

async function putParsed(duck: DuckDBConnection, table: TableSpec, objects: LandedText[]): Promise<void> {
  const lines = objects.flatMap(({ object, lines: texts }) =>
    texts.map((text, line) => ({ object, line, text })),
  );
  await putLines(duck, lines);
  await duck.run(`CREATE OR REPLACE TABLE parsed AS ${table.parse_sql}`);
}

function markAt(mark: string | undefined): string {
  return `SELECT TIMESTAMP ${quoteText((mark ?? '1970-01-01').replace('Z', ''))} AS at${mark === undefined ? ' WHERE false' : ''}`;
}
