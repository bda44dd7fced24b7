/**
 * The SQL of a source, read by DuckDB before anything runs: a wrong column, type or function is found by `check`, not at
 * night. DuckDB is loaded here only, and only for a table that has something to check.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ConfigError } from '../pipeline/errors.ts';
import { castValue } from '../pipeline/table/cast-value.ts';
import { compileTable } from '../pipeline/table/compile-table.ts';
import { quoteName, quoteText, textName } from '../pipeline/table/quote.ts';
import { embedExpression } from '../pipeline/table/sql-expression.ts';
import type { ColumnDefinition, TableDefinition } from '../pipeline/table/table-definition.ts';
import { lineageColumns, type Column } from '../pipeline/table/table-spec.ts';
import { explainType } from './explain-sql-type.ts';
import { findUnfit, parseExpression } from './walk-expression.ts';

export interface SqlProblem {
  /** Below the table: `include_when`, `columns.fahrenheit.expression`; empty for the table as a whole. */
  path: string;
  message: string;
  /** Of the fault in the text at `path`, in characters. */
  offset?: number;
}

/** Empty when every statement of the table can run on any data. */
export async function checkSql(table: TableDefinition): Promise<SqlProblem[]> {
  if (!hasSql(table)) return [];
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const duck = await instance.connect();
  try {
    const problems = await checkParts(duck, table);
    // What the parts do not show, the whole may: then the message is DuckDB's own.
    return problems.length > 0 ? problems : await checkWhole(duck, table);
  } finally {
    duck.closeSync();
    instance.closeSync();
  }
}

/** Anything that comes from the source as SQL, or is made into SQL from its values. */
function hasSql({ columns, include_when, delete_when, records, shape }: TableDefinition): boolean {
  const rules = ['default', 'null_if', 'in', 'min', 'max', 'matches', 'unique', 'trim'] as const;
  return (
    [include_when, delete_when, records].some((text) => text !== undefined) ||
    shape === 'map' ||
    columns.some((column) => 'expression' in column.from || rules.some((rule) => column[rule] !== undefined))
  );
}

async function checkParts(duck: DuckDBConnection, table: TableDefinition): Promise<SqlProblem[]> {
  const problems: SqlProblem[] = [];
  const seen = visibleColumns(table);
  for (const column of table.columns) {
    if ('expression' in column.from) {
      const path = `columns.${column.name}.expression`;
      problems.push(
        ...(await checkExpression(duck, { path, text: column.from.expression, type: column.type, seen })),
      );
      seen.push(column);
    }
    problems.push(...(await checkValues(duck, column)));
  }
  for (const path of ['include_when', 'delete_when'] as const) {
    const text = table[path];
    if (text !== undefined)
      problems.push(...(await checkExpression(duck, { path, text, type: 'boolean', seen })));
  }
  return problems;
}

/** What an expression may name, before any computed column. */
function visibleColumns({ columns }: TableDefinition): { name: string; type: string }[] {
  const read = columns.filter(({ from }) => !('expression' in from));
  const lineage = lineageColumns.filter(({ name }) => name !== '_extra');
  const record = columns.some(({ name }) => name === 'record') ? [] : [{ name: 'record', type: 'json' }];
  return [...read, ...lineage, ...record];
}

interface Expression {
  path: string;
  text: string;
  type: Column['type'];
  seen: { name: string; type: string }[];
}

async function checkExpression(
  duck: DuckDBConnection,
  { path, text, type, seen }: Expression,
): Promise<SqlProblem[]> {
  const columns = seen.map(({ name }) => name);
  const parsed = await parseExpression(duck, text, columns);
  if ('message' in parsed) return [{ path, ...parsed }];
  const unfit = await findUnfit(duck, parsed.tree, { text, columns });
  if (unfit) return [{ path, ...unfit }];
  let embedded: string;
  try {
    embedded = embedExpression(text, path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ path, message: error.message.slice(path.length + 2) }];
  }
  const row = seen.map((column) => `CAST(NULL AS ${column.type}) AS ${quoteName(column.name)}`).join(', ');
  const found = await typeOf(duck, `${embedded} AS v FROM (SELECT ${row})`);
  if ('message' in found) {
    const isAsWritten = embedded === `(\n${text}\n)`;
    return [{ path, message: found.message, ...(isAsWritten && placeIn(found.where, text)) }];
  }
  const misfit = explainType(found.type, type);
  return misfit === undefined ? [] : [{ path, message: misfit }];
}

/** Values that the source gives for a column must themselves be of its type, and patterns be RE2. */
async function checkValues(duck: DuckDBConnection, column: ColumnDefinition): Promise<SqlProblem[]> {
  const path = `columns.${column.name}`;
  const problems: SqlProblem[] = [];
  if (column.default !== undefined) {
    const cast = castValue(column, textName(column));
    const given = quoteText(String(column.default));
    const query = `SELECT (${cast}) IS NULL AS unfit FROM (SELECT ${given} AS ${textName(column)})`;
    const [row] = (await duck.runAndReadAll(query)).getRowObjects();
    if (row?.['unfit'] === true) {
      problems.push({
        path: `${path}.default`,
        message: `${String(column.default)} cannot be read as ${column.type}`,
      });
    }
  }
  if (column.matches !== undefined) {
    const tried = await typeOf(duck, `regexp_full_match('', ${quoteText(column.matches)}) AS v`);
    if ('message' in tried)
      problems.push({ path: `${path}.matches`, message: `no pattern of RE2: ${tried.message}` });
  }
  return problems;
}

async function checkWhole(duck: DuckDBConnection, table: TableDefinition): Promise<SqlProblem[]> {
  try {
    const spec = compileTable(table);
    const columns = spec.columns.map(({ name, type }) => `${quoteName(name)} ${type}`);
    const carried = spec.tombstones_sql === undefined ? columns : [...columns, '"_deleted" BOOLEAN'];
    await duck.run(`CREATE TABLE lines (object VARCHAR, line BIGINT, text VARCHAR);
      CREATE TABLE tombstones (text VARCHAR); CREATE TABLE mark ("at" TIMESTAMP);
      CREATE TABLE stored (${columns.join(', ')}); CREATE TABLE incoming (${carried.join(', ')});
      CREATE TABLE moved AS SELECT ${spec.key.map(quoteName).join(', ')} FROM stored`);
    await duck.run(spec.parse_sql);
    await duck.run(`CREATE TABLE merged AS ${spec.merge_sql}`);
    for (const sql of [spec.tombstones_sql, spec.unique_sql, spec.places_sql])
      if (sql !== undefined) await duck.run(sql);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [{ path: '', message: error.message }];
    return [{ path: '', message: `its statements cannot run: ${readError(error).message}` }];
  }
}

type Typed = { type: string } | { message: string; where: Place | undefined };
/** As DuckDB shows it: a line, from 1, and a column, from 0. */
interface Place {
  line: number;
  column: number;
}

async function typeOf(duck: DuckDBConnection, select: string): Promise<Typed> {
  try {
    const [row] = (await duck.runAndReadAll(`DESCRIBE SELECT ${select}`)).getRowObjects();
    // A constant that cannot be computed (a pattern, a cast) shows when it is.
    await duck.run(`SELECT ${select}`);
    return { type: String(row?.['column_type']) };
  } catch (error) {
    return readError(error);
  }
}

/** DuckDB's first line without the kind of error, then what it suggests. */
function readError(error: unknown): { message: string; where: Place | undefined } {
  const lines = String(error instanceof Error ? error.message : error).split('\n');
  const [first = '', ...rest] = lines;
  const hints = rest.filter((line) => /^(?:Candidate bindings|Did you mean)/.test(line));
  const at = lines.findIndex((line) => /^LINE \d+: /.test(line));
  const [label = '', number] = /^LINE (\d+): /.exec(lines[at] ?? '') ?? [];
  const caret = lines[at + 1]?.indexOf('^') ?? -1;
  const isWhole = !lines[at]?.startsWith(`${label}...`);
  return {
    message: [plain(first.replace(/^[A-Za-z ]+ Error: /, '')), ...hints.map(plain)].join('; '),
    where:
      number !== undefined && caret >= 0 && isWhole
        ? { line: Number(number), column: caret - label.length }
        : undefined,
  };
}

/** DuckDB speaks of clauses and bindings, which the author of an expression has not written. */
function plain(line: string): string {
  return line
    .replace(/^Referenced column (".+") not found in FROM clause!$/, 'there is no column $1')
    .replace(/^Scalar Function with name (\S+) does not exist!$/, 'there is no function $1')
    .replace(/^Candidate bindings:/, 'nearest:')
    .replace(/^Did you mean (".+")\?$/, 'nearest: $1');
}

/** The text itself begins in the second line of the statement. */
function placeIn(where: Place | undefined, text: string): { offset?: number } {
  const before = text.split('\n').slice(0, (where?.line ?? 0) - 2);
  if (!where || where.line < 2 || where.column < 0) return {};
  const offset = before.reduce((sum, line) => sum + line.length + 1, 0) + where.column;
  return offset < text.length ? { offset } : {};
}
