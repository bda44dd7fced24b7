/** Golden cases: what the two statements must give, the same in every engine. The form is described in test/golden/README.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { compileTable } from '../../pipeline/table/compile-table.ts';
import { quoteName, quoteText } from '../../pipeline/table/quote.ts';
import type { TableDefinition } from '../../pipeline/table/table-definition.ts';
import type { Column, TableSpec } from '../../pipeline/table/table-spec.ts';
import { tableDefinition } from './table-definition.ts';

const folder = new URL('../golden/', import.meta.url);

/** A column's name → its value as DuckDB prints it, null for NULL. */
export type GoldenRow = Record<string, string | null>;

export interface GoldenReject {
  reason: string;
  line: string;
  row: string | null;
  detail: string | null;
  /** Compared where the case names it. */
  record?: string;
}

export interface GoldenLine {
  object: string;
  line: number;
  text: string;
}

export interface GoldenLoad {
  lines: GoldenLine[];
  mark?: string;
  /** Files without rows are visited too. */
  sweep?: boolean;
  moved_keys?: MovedKey[];
  filtered?: number;
  removed?: number;
  vanished?: number;
  moved?: number;
  quarantined: number;
  inserted: number;
  updated: number;
  duplicate: number;
}

/** The columns of a key, and `file`, which it leaves for another one. */
export type MovedKey = GoldenRow & { file: string };

/** A case with everything filled in: what the engines' tests read. */
export interface GoldenCase {
  name: string;
  about: string;
  spec: TableSpec;
  parse?: {
    lines: GoldenLine[];
    rows: GoldenRow[];
    rejects: GoldenReject[];
    filtered: number;
    violations: Record<string, number>;
  };
  /** SELECTs that give the two views. */
  merge?: {
    incoming_sql: string;
    stored_sql: string;
    mark?: string;
    moved_keys?: GoldenRow[];
    rows: GoldenRow[];
    sha256?: string;
  };
  /** One load after the other, and all rows of the table after the last. */
  loads?: { loads: GoldenLoad[]; rows: GoldenRow[]; tombstones?: number; files?: Record<string, string> };
}

interface WrittenAnswer {
  object?: string;
  line?: number;
  v?: unknown;
  scheduled_at?: unknown;
  fetched_at?: unknown;
  for?: Record<string, unknown>;
  /** A JSON value, or with `body_text` its text, where a number's digits matter. */
  body?: unknown;
  body_text?: string;
  /** The whole line, as it is. */
  text?: string;
}

interface WrittenCase {
  about: string;
  table: Partial<TableDefinition>;
  answers?: WrittenAnswer[];
  rows?: GoldenRow[];
  rejects?: GoldenReject[];
  filtered?: number;
  violations?: Record<string, number>;
  incoming?: GoldenRow[];
  stored?: GoldenRow[];
  /** Columns of the stored file; all by default. */
  stored_columns?: string[];
  mark?: string;
  moved_keys?: GoldenRow[];
  merged?: GoldenRow[];
  loads?: (Omit<GoldenLoad, 'lines'> & { answers: WrittenAnswer[] })[];
  /** In all files after the last load. */
  tombstones?: number;
}

export function readGoldenCases(): GoldenCase[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => fillIn(file.slice(0, -'.json'.length), readCase(file)));
}

function readCase(file: string): WrittenCase {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as WrittenCase;
}

function fillIn(name: string, written: WrittenCase): GoldenCase {
  const spec = compileTable(tableOf(name, written.table));
  const { answers, incoming, loads } = written;
  const storedColumns = spec.columns.filter(
    (column) => written.stored_columns?.includes(column.name) ?? true,
  );
  return {
    name,
    about: written.about,
    spec,
    ...(answers && {
      parse: {
        lines: linesOf(answers),
        rows: (written.rows ?? []).map((row) => completeRow(row, spec)),
        rejects: written.rejects ?? [],
        filtered: written.filtered ?? 0,
        violations: written.violations ?? {},
      },
    }),
    ...(incoming && {
      merge: {
        incoming_sql: selectRows(incoming, spec.columns),
        stored_sql: selectRows(written.stored ?? [], storedColumns),
        ...(written.mark !== undefined && { mark: written.mark }),
        ...(written.moved_keys && { moved_keys: written.moved_keys }),
        rows: (written.merged ?? []).map((row) => completeRow(row, spec)),
      },
    }),
    ...(loads && {
      loads: {
        loads: loads.map(({ answers: given, ...counts }) => ({ lines: linesOf(given), ...counts })),
        rows: (written.rows ?? []).map((row) => completeRow(row, spec)),
        ...(written.tombstones !== undefined && { tombstones: written.tombstones }),
      },
    }),
  };
}

function tableOf(name: string, table: Partial<TableDefinition>): TableDefinition {
  return tableDefinition({ name: name.replaceAll('-', '_'), ...table });
}

function linesOf(answers: WrittenAnswer[]): GoldenLine[] {
  return answers.map((answer, index) => ({
    object: answer.object ?? 'raw/golden/a.ndjson.gz',
    line: answer.line ?? index,
    text: answer.text ?? rawLine(answer),
  }));
}

function rawLine(answer: WrittenAnswer): string {
  const envelope = {
    v: answer.v === undefined ? 1 : answer.v,
    resource: 'golden',
    scheduled_at: answer.scheduled_at === undefined ? '2026-11-21T10:00:00Z' : answer.scheduled_at,
    fetched_at: answer.fetched_at === undefined ? '2026-11-21T10:00:05.123Z' : answer.fetched_at,
    request: { method: 'GET', url: 'https://api.example.com/', for: answer.for ?? {}, page: 0 },
    status: 200,
    headers: { 'content-type': 'application/json' },
  };
  const body = answer.body_text ?? JSON.stringify(answer.body);
  return body === undefined
    ? JSON.stringify(envelope)
    : `${JSON.stringify(envelope).slice(0, -1)},"body":${body}}`;
}

/** Lineage is compared where a case names it; any other column that it does not name is NULL. */
function completeRow(row: GoldenRow, spec: TableSpec): GoldenRow {
  const names = spec.columns.map((column) => column.name);
  const unnamed = names.filter((name) => !name.startsWith('_') || name === '_extra');
  return { ...Object.fromEntries(unnamed.map((name) => [name, null])), ...row };
}

function selectRows(rows: GoldenRow[], columns: Column[]): string {
  const select = (row: GoldenRow): string =>
    `SELECT ${columns.map((column) => `CAST(${literal(row[column.name])} AS ${column.type}) AS ${quoteName(column.name)}`).join(', ')}`;
  return rows.length === 0 ? `${select({})} WHERE false` : rows.map(select).join('\nUNION ALL\n');
}

function literal(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : quoteText(value);
}
