/** Columns that hold times: how a value becomes one is said, or known from ISO 8601. */
import type { Report } from '../report.ts';
import { parseColumnType } from '../schema/column-type.ts';
import type { ColumnPart } from '../schema/source-schema.ts';
import type { Path } from '../yaml-span.ts';

type LongColumn = Exclude<ColumnPart, string>;

/** strptime letters that DuckDB reads, the same in every build. */
const formatLetters = 'aAbBdfgHIjmMnpSyYz%';

export function checkTime(name: string, column: LongColumn, report: Report): void {
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
