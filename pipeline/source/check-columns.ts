import { checkTemplate } from './check-template.ts';
import { decimalDigits, parseColumnType } from './column-type.ts';
import { ExpressionError } from './expression-error.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';
import type { Report } from './report.ts';
import type { ColumnPart, ResourcePart } from './schema.ts';
import type { Slice } from './source.ts';
import type { Path } from './yaml-span.ts';

type LongColumn = Exclude<ColumnPart, string>;

/** The contract of a table, beyond the form of its entries; paths start at `columns`. */
export function checkColumns(
  columns: ResourcePart['columns'],
  slices: readonly Slice[] | undefined,
  report: Report,
): void {
  if (Object.keys(columns).length === 0) report([], 'a table has at least one column');
  for (const [name, column] of Object.entries(columns)) {
    if (typeof column === 'string') checkDigits(name, { type: column }, report);
    else checkLongColumn(name, column, slices, report);
  }
}

function checkLongColumn(
  name: string,
  column: LongColumn,
  slices: readonly Slice[] | undefined,
  report: Report,
): void {
  const origins = (['from', 'from_response', 'value'] as const).filter((key) => column[key] !== undefined);
  const [first, second] = origins;
  if (first !== undefined && second !== undefined) {
    report([name, second], `a column has one origin: leave out '${first}' or '${second}'`, { on: 'key' });
  }
  if (column.value !== undefined) checkTemplate(column.value, [name, 'value'], slices, report);
  const path =
    column.from !== undefined
      ? checkJsonPath(column.from, [name, 'from'], report)
      : column.from_response !== undefined &&
        checkJsonPath(column.from_response, [name, 'from_response'], report);
  checkTime(name, column, report);
  checkDigits(name, column, report);
  if (column.exact !== true) return;
  const type = parseColumnType(column.type);
  if (type !== undefined && type !== 'varchar' && decimalDigits(type) === undefined) {
    report([name, 'exact'], `exact is for decimal and varchar; a ${type} has its own precision`, {
      on: 'key',
    });
  } else if (column.value !== undefined) {
    report([name, 'exact'], 'a template is text already: leave out exact', { on: 'key' });
  } else if (path && !path.some((step) => typeof step === 'string')) {
    report([name, 'exact'], 'exact needs a path with the name of a field', { on: 'key' });
  }
}

export function checkJsonPath(text: string, path: Path, report: Report): JsonPath | undefined {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(path, error.message, { offset: error.offset, length: error.length });
    return undefined;
  }
}

/** DuckDB's JSON numbers are doubles: beyond 15 digits a decimal would be rounded in silence (law 13). */
function checkDigits(name: string, column: LongColumn | { type: string }, report: Report): void {
  const type = parseColumnType(column.type);
  const digits = type === undefined ? undefined : decimalDigits(type);
  if (digits === undefined || digits <= 15) return;
  if (('exact' in column && column.exact === true) || ('value' in column && column.value !== undefined))
    return;
  const path = 'from' in column || Object.keys(column).length > 1 ? [name, 'type'] : [name];
  report(
    path,
    `${column.type}: beyond 15 digits a JSON number is rounded unless the column says exact: { type: '${column.type}', exact: true }`,
  );
}

/** strptime letters that DuckDB reads, the same in every build. */
const formatLetters = 'aAbBdfgHIjmMnpSyYz%';

function checkTime(name: string, column: LongColumn, report: Report): void {
  const type = parseColumnType(column.type);
  const { unit, format, timezone } = column;
  const refuse = (key: 'unit' | 'format' | 'timezone', message: string) =>
    report([name, key], message, { on: 'key' });
  if (type === 'date' && unit !== undefined)
    refuse('unit', 'a date is no number: a count since 1970 is a timestamp');
  if (type === 'date' && timezone !== undefined) refuse('timezone', 'a date has no time zone');
  if (type !== 'timestamp' && type !== 'date') {
    for (const key of ['unit', 'format', 'timezone'] as const) {
      if (column[key] !== undefined) refuse(key, `${key} is for times, this is a ${column.type}`);
    }
    return;
  }
  if (unit !== undefined && format !== undefined)
    refuse('format', 'unit is for numbers, format for texts: leave one of them out');
  if (unit !== undefined && timezone !== undefined)
    refuse('timezone', 'a number since 1970 is UTC already: leave out timezone');
  if (format !== undefined) checkFormat(format, type, timezone, [name, 'format'], report);
  if (type === 'timestamp' && unit === undefined && format === undefined) warnOfEpoch(name, column, report);
}

function checkFormat(
  format: string,
  type: 'timestamp' | 'date',
  timezone: string | undefined,
  path: Path,
  report: Report,
): void {
  const letters = [...format.matchAll(/%(-?)(.?)/g)];
  for (const letter of letters) {
    const [text, , code = ''] = letter;
    if (code !== '' && formatLetters.includes(code)) continue;
    const known = formatLetters.replaceAll(/./g, ' %$&').trim();
    return report(path, `'${text}' is not a part of a format: ${known}`, {
      offset: letter.index,
      length: text.length,
    });
  }
  if (letters.length === 0)
    return report(path, `'${format}' has no % in it: a format says where the parts are, such as %Y-%m-%d`);
  const hasOffset = letters.some(([, , code]) => code === 'z');
  if (type === 'timestamp' && hasOffset === (timezone !== undefined)) {
    report(
      path,
      hasOffset
        ? 'the format reads an offset (%z): leave out timezone'
        : 'the format reads no offset (%z): add timezone: UTC if these times are in UTC; other zones are not in this version',
    );
  }
}

/** A number without a unit goes to quarantine: the name often tells before the first row does. */
function warnOfEpoch(name: string, column: LongColumn, report: Report): void {
  const origin = column.from ?? column.from_response ?? name;
  if (/epoch|unix/i.test(origin)) {
    report([name], `'${origin}' sounds like a number since 1970: add unit: s (or ms, us)`, {
      severity: 'warning',
      on: 'key',
    });
  }
}
