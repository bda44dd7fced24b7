/** What a column is made into, and what must be true of it, fits its type. */
import type { Report } from '../report.ts';
import { parseColumnType } from '../schema/column-type.ts';
import type { ColumnPart } from '../schema/source-schema.ts';
import { checkTablePattern } from './check-pattern.ts';
import { isTime } from './is-time.ts';

type LongColumn = Exclude<ColumnPart, string>;
type Kind = 'number' | 'text' | 'time' | 'truth';

const rules = ['not_null', 'in', 'min', 'max', 'matches', 'unique'] as const;

/** Reports start at `columns`. */
export function checkColumnRules(name: string, column: LongColumn, report: Report): void {
  const kind = kindOf(column.type);
  const refuse = (key: keyof LongColumn, message: string): void =>
    report([name, key], message, { on: 'key' });
  if (kind === undefined) return;
  for (const key of ['trim', 'matches'] as const) {
    if (column[key] !== undefined && column[key] !== false && kind !== 'text')
      refuse(key, `${key} is for texts, this is a ${column.type}`);
  }
  if (column.matches !== undefined && kind === 'text')
    checkTablePattern(column.matches, [name, 'matches'], report);
  for (const key of ['trim', 'null_if', 'default'] as const) {
    if (column[key] !== undefined && column[key] !== false && column.expression !== undefined)
      refuse(key, `an expression says it itself (trim, nullif, coalesce): leave out ${key}`);
  }
  if (column.unique === true && column.on_fail === 'quarantine')
    refuse('on_fail', 'which of two equal rows would go? unique takes on_fail: warn or fail');
  checkRange(name, column, kind, report);
  for (const [index, value] of (column.in ?? []).entries())
    checkValue(kind, value, [name, 'in', index], report);
  if (column.default !== undefined) checkValue(kind, column.default, [name, 'default'], report);
  if (column.default !== undefined && column.not_null === true)
    report([name, 'not_null'], 'with a default there is always a value: leave out not_null', {
      on: 'key',
      severity: 'warning',
    });
  if (
    column.on_fail !== undefined &&
    rules.every((rule) => column[rule] === undefined || column[rule] === false)
  )
    refuse('on_fail', `on_fail says what a broken rule does, and the column has none: ${rules.join(', ')}`);
}

function checkRange(name: string, column: LongColumn, kind: Kind, report: Report): void {
  const { min, max } = column;
  for (const key of ['min', 'max'] as const) {
    const limit = column[key];
    if (limit === undefined) continue;
    if (kind === 'number' || kind === 'time') checkValue(kind, limit, [name, key], report);
    else report([name, key], `${key} is for numbers and times, this is a ${column.type}`, { on: 'key' });
  }
  if (min === undefined || max === undefined || typeof min !== typeof max) return;
  if (kind === 'number' && typeof min !== 'number') return;
  if (kind === 'time' ? Date.parse(String(min)) > Date.parse(String(max)) : min > max)
    report([name, 'max'], `no value is at least ${min} and at most ${max}`);
}

function checkValue(
  kind: Kind,
  value: string | number | boolean,
  path: (string | number)[],
  report: Report,
): void {
  if (kind === 'number' && typeof value !== 'number')
    report(
      path,
      `'${value}' is no number, as the column is${/^-?\d+(\.\d+)?$/.test(String(value)) ? ': write it without quotes' : ''}`,
    );
  else if (kind === 'text' && typeof value !== 'string')
    report(path, `${value} is no text, as the column is: put it in quotes`);
  else if (kind === 'truth' && typeof value !== 'boolean')
    report(path, `'${value}' is neither true nor false`);
  else if (kind === 'time' && !(typeof value === 'string' && isTime(value)))
    report(path, `'${value}' is no time: write 2024-01-31 or 2024-01-31T12:00:00Z`);
}

function kindOf(type: string): Kind | undefined {
  const known = parseColumnType(type);
  if (known === undefined) return undefined;
  if (known === 'varchar') return 'text';
  if (known === 'boolean') return 'truth';
  return known === 'date' || known === 'timestamp' ? 'time' : 'number';
}
