/** What is redacted or hashed stays so: nothing else needs its value, and no other way leads to it. */
import { defineColumn, namesOf } from '../compile/define-table.ts';
import type { Report } from '../report.ts';
import { parseColumnType } from '../schema/column-type.ts';
import type { ColumnPart, ResourcePart } from '../schema/source-schema.ts';
import { readJsonPath } from './check-json-path.ts';

type Parts = Pick<ResourcePart, 'columns'> & Partial<Pick<ResourcePart, 'primary_key' | 'incremental'>>;

/** Reports start at the resource. */
export function checkProtection(parts: Parts, report: Report): void {
  const hidden = new Map<string, { name: string; how: 'redact' | 'hash' }>();
  for (const [name, column] of Object.entries(parts.columns)) {
    const how = protectionOf(column);
    if (how === undefined || typeof column === 'string') continue;
    const path = checkColumn(name, column, parts, (key, message) =>
      report(['columns', name, key], message, { on: 'key' }),
    );
    if (path !== undefined) hidden.set(path, { name, how });
  }
  if (hidden.size > 0) checkOthers(parts, hidden, report);
}

export function protectionOf(column: ColumnPart): 'redact' | 'hash' | undefined {
  if (typeof column === 'string') return undefined;
  return column.redact === true ? 'redact' : column.hash && 'hash';
}

/** The protected path in the record, as a text to compare; undefined after a report. */
function checkColumn(
  name: string,
  column: Exclude<ColumnPart, string>,
  parts: Parts,
  refuse: (key: string, message: string) => void,
): string | undefined {
  const how = column.redact === true ? 'redact' : 'hash';
  if (column.redact === true && column.hash)
    refuse('hash', 'what is redacted has no hash: leave out one of the two');
  const { from } = defineColumn(name, column);
  if (!('record' in from)) {
    refuse(how, `${how} is for a field of the record, which 'from' leads to`);
    return undefined;
  }
  const type = parseColumnType(column.type);
  if (type !== undefined && type !== 'varchar')
    refuse(how, `what is stored in its place is a text: type: string, not ${column.type}`);
  if (how === 'redact' && namesOf(parts.primary_key).includes(name))
    refuse(how, `'${name}' is part of the key, and all its values would be the same: hash keeps them apart`);
  const path = readJsonPath(from.record);
  if (path?.length === 0) refuse(how, `${how} needs the path of a field`);
  return path && JSON.stringify(path);
}

type Hidden = ReadonlyMap<string, { name: string; how: 'redact' | 'hash' }>;

/** What hides the value at a path: it, or something around it. */
function around(text: string, hidden: Hidden): { name: string; how: string } | undefined {
  const path = readJsonPath(text) ?? [];
  return path
    .map((_, index) => hidden.get(JSON.stringify(path.slice(0, index + 1))))
    .find((outer) => outer !== undefined);
}

/** Says which column hides the value at a path of a record, and how. */
export function hiddenAt(
  text: string,
  columns: ResourcePart['columns'],
): { name: string; how: string } | undefined {
  const hidden = Object.entries(columns).flatMap(([name, column]) => {
    const how = protectionOf(column);
    const { from } = defineColumn(name, column);
    const path = how && 'record' in from ? readJsonPath(from.record) : undefined;
    return how && path ? [[JSON.stringify(path), { name, how }] as const] : [];
  });
  return around(text, new Map(hidden));
}

function checkOthers({ columns, incremental }: Parts, hidden: Hidden, report: Report): void {
  for (const [name, column] of Object.entries(columns)) {
    const { from } = defineColumn(name, column);
    const outer = 'record' in from ? around(from.record, hidden) : undefined;
    if (outer && outer.name !== name)
      report(
        ['columns', name],
        `'${name}' reads what '${outer.name}' hides (${outer.how}): it would find the text in its place`,
        { on: 'key' },
      );
  }
  const cursor = incremental?.cursor_path === undefined ? undefined : around(incremental.cursor_path, hidden);
  if (cursor)
    report(
      ['incremental', 'cursor_path'],
      `the cursor is kept as it is, and '${cursor.name}' hides it (${cursor.how}): it cannot be both`,
    );
}
