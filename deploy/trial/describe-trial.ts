/** A trial for people: the requests, then each table with its columns, first rows and warnings that teach. */
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { bytes, count } from '../figures.ts';
import { formatTable } from '../format-table.ts';
import type { ParsedRows } from './parse-lines.ts';
import type { Trial } from './run-trial.ts';

export interface TrialTable {
  spec: TableSpec;
  parsed: ParsedRows;
  warnings: string[];
}

export interface TrialResult {
  trial: Trial;
  tables: TrialTable[];
}

const widestCell = 40;
const mostColumns = 8;

export function describeTrial({ trial, tables }: TrialResult, mostRows: number): string {
  const { resource, exchanges, error, cutShort, outcome } = trial;
  const lines = [resource.name, ...exchanges.map((exchange) => `  ${describeExchange(exchange)}`)];
  if (error) lines.push(`  failed: ${error.message}`);
  for (const { slice, error: reason } of outcome?.skipped ?? []) {
    lines.push(`  skipped ${JSON.stringify(slice)}: ${reason}`);
  }
  if (cutShort) lines.push('  … more would follow; --pages and --slices show more of it');
  for (const table of tables) {
    if (tables.length > 1 || table.spec.name !== resource.name) lines.push('', `table ${table.spec.name}`);
    lines.push(...describeTable(table, mostRows));
  }
  return `${lines.join('\n')}\n`;
}

function describeExchange(exchange: Trial['exchanges'][number]): string {
  const { resource, asker, page, request, status, records, outcome, next } = exchange;
  const found =
    outcome === 'landed' ? `${count(records ?? 0, 'record')}, ${bytes(exchange.bytes ?? 0)}` : outcome;
  const body = request.body === undefined ? '' : ` ${request.body.slice(0, 200)}`;
  const after = next === undefined ? '' : `; next: ${next}`;
  const whose = asker === undefined ? '' : `${resource}, `;
  return `${whose}page ${page}: ${request.method} ${request.shownUrl}${body} → ${status}, ${found}${after}`;
}

function describeTable({ spec, parsed, warnings }: TrialTable, mostRows: number): string[] {
  const { rows, filtered, rejects, deleted, violations } = parsed;
  const removing = deleted === 0 ? '' : `, ${deleted} that remove their key`;
  return [
    `  ${count(rows.length, 'row')}${removing}, ${filtered} filtered, ${rejects.length} to quarantine`,
    ...[...byReason(parsed)].map(
      ([reason, { rows: of, detail }]) => `  ${reason}: ${count(of, 'row')}, such as ${detail}`,
    ),
    ...Object.entries(violations).map(([rule, of]) => `  ${rule}: ${count(of, 'row')}`),
    '',
    formatColumns(spec, parsed),
    '',
    formatTable(firstRows(parsed, mostRows)),
    '',
    ...warnings.map((warning) => `! ${warning}`),
    ...(warnings.length > 0 ? [''] : []),
  ];
}

export function byReason({ rejects }: ParsedRows): Map<string, { rows: number; detail: string }> {
  const reasons = new Map<string, { rows: number; detail: string }>();
  for (const { reason, detail } of rejects) {
    const known = reasons.get(reason) ?? { rows: 0, detail: detail ?? '' };
    reasons.set(reason, { ...known, rows: known.rows + 1 });
  }
  return reasons;
}

/** Every column with its type, how much of it is filled, and a value. */
function formatColumns({ columns }: TableSpec, { rows }: ParsedRows): string {
  const own = columns.filter(({ name }) => !name.startsWith('_') || name === '_extra');
  return formatTable(
    own.map(({ name, type }) => {
      const filled = rows.map((row) => row[name]).filter((value) => value != null);
      const share = rows.length === 0 ? '' : `${Math.round((filled.length / rows.length) * 100)} %`;
      return { column: name, type, filled: share, example: shorten(filled[0] ?? '') };
    }),
  );
}

function firstRows({ rows }: ParsedRows, most: number): Record<string, unknown>[] {
  return rows.slice(0, most).map((row) =>
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => name !== '_extra')
        .slice(0, mostColumns)
        .map(([name, value]) => [name, shorten(value ?? '')]),
    ),
  );
}

function shorten(text: string): string {
  return text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text;
}
