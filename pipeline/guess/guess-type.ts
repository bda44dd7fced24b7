import type { ColumnType } from '../table/table-spec.ts';

export interface GuessedType {
  type: ColumnType;
  unit?: 's' | 'ms';
  timezone?: 'UTC';
  /** Only where the values do not speak for themselves. */
  reason?: string;
}

const timeName =
  /(^|_)(time|date|datetime|timestamp|epoch|dt|at|on|updated|created|modified|since|until|start|end)(_|$)/;
const wholeName =
  /(^|_)(id|ids|count|number|num|total|code|year|version|size|rank|position|seq|index|quantity|port)$/;
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?/;
const offset = /(Z|[+-]\d\d(:?\d\d)?)$/;

/** The type of a column from its values in the sample; `name` as the column is called. */
export function guessType(name: string, values: readonly unknown[]): GuessedType {
  const found = values.filter((value) => value !== null && value !== undefined);
  if (found.length === 0) return { type: 'varchar', reason: 'null in every sampled record: which type?' };
  if (found.every((value) => typeof value === 'boolean')) return { type: 'boolean' };
  if (found.every((value): value is number => typeof value === 'number')) return guessNumber(name, found);
  if (found.every((value): value is string => typeof value === 'string')) return guessText(found);
  return { type: 'varchar', reason: 'values of several kinds in the sample' };
}

function guessNumber(name: string, values: readonly number[]): GuessedType {
  if (!values.every((value) => Number.isInteger(value))) return { type: 'double' };
  const within = (from: number, to: number): boolean => values.every((value) => value >= from && value < to);
  if (timeName.test(name) && within(1e9, 5e9)) {
    return { type: 'timestamp', unit: 's', reason: 'seconds since 1970, by name and size' };
  }
  if (timeName.test(name) && within(1e12, 5e12)) {
    return { type: 'timestamp', unit: 'ms', reason: 'milliseconds since 1970, by name and size' };
  }
  if (wholeName.test(name) || values.some((value) => Math.abs(value) >= 1e9)) return { type: 'bigint' };
  return { type: 'double', reason: 'whole in the sample; the next value may not be' };
}

function guessText(values: readonly string[]): GuessedType {
  if (values.every((value) => /^\d{4}-\d\d-\d\d$/.test(value))) return { type: 'date' };
  if (!values.every((value) => isoTime.test(value) && !Number.isNaN(Date.parse(value))))
    return { type: 'varchar' };
  if (values.every((value) => offset.test(value.slice(16)))) return { type: 'timestamp' };
  return { type: 'timestamp', timezone: 'UTC', reason: 'the times have no offset: are they UTC?' };
}
