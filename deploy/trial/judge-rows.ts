/** What a look at the first rows can teach about a source file. */
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { ParsedRows } from './parse-lines.ts';
import type { Trial } from './run-trial.ts';

const roundNumbers = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

/** In the order in which a reader should take them up. */
export function judgeRows(trial: Trial, table: TableSpec, parsed: ParsedRows): string[] {
  const { resource, exchanges } = trial;
  const { rows } = parsed;
  const warnings: string[] = [];
  if (parsed.rejects.length > 0) {
    const total = parsed.rejects.length + rows.length;
    warnings.push(`${parsed.rejects.length} of ${total} rows go to quarantine: see the reasons above`);
  }
  const isEmpty = rows.length + parsed.rejects.length + parsed.deleted === 0;
  if (isEmpty && table === resource.table && trial.error === undefined) {
    warnings.push('no rows: is there nothing to fetch, or do data_selector, params or include_when miss it?');
  }
  const [only] = exchanges;
  const isSinglePage = table === resource.table && resource.endpoint.paginator.type === 'single_page';
  if (isSinglePage && only && roundNumbers.has(only.records ?? 0)) {
    warnings.push(`${only.records} records, a round number, and no paginator: is this only the first page?`);
  }
  const repeated = countRepeats(table, rows);
  if (repeated > 0) {
    warnings.push(
      `${repeated} rows have the key of another one: of each key one row stays. Is ${table.key.join(', ')} the whole key?`,
    );
  }
  const empty = columnsOf(table).filter((name) => rows.length > 1 && rows.every((row) => row[name] === null));
  if (empty.length > 0) warnings.push(`always null: ${empty.join(', ')}. Are their names and paths right?`);
  const extra = fieldsInExtra(rows);
  if (extra.length > 0) warnings.push(`no column names ${extra.join(', ')}: kept in _extra, as schema drift`);
  return warnings;
}

function columnsOf({ columns }: TableSpec): string[] {
  return columns.map(({ name }) => name).filter((name) => !name.startsWith('_'));
}

function countRepeats(table: TableSpec, rows: ParsedRows['rows']): number {
  // Without a primary key every row is its own; lineage is not among the rows.
  if (table.key.some((name) => name.startsWith('_'))) return 0;
  const keys = new Set(rows.map((row) => JSON.stringify(table.key.map((name) => row[name]))));
  return rows.length - keys.size;
}

function fieldsInExtra(rows: ParsedRows['rows']): string[] {
  const names = new Set<string>();
  for (const { _extra: extra } of rows) {
    if (extra != null) for (const name of Object.keys(JSON.parse(extra) as object)) names.add(name);
  }
  return [...names].slice(0, 20);
}
