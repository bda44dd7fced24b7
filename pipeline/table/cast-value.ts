/**
 * From a value's text to its declared type: exactly or not at all. DuckDB's own casts round (`'1.5'` to BIGINT,
 * `'1.005'` to DECIMAL), drop what does not fit (the offset in a TIMESTAMP) and take blanks, underscores, `infinity` and
 * `epoch`; so a pattern decides first what a value may look like, and TRY_CAST is left with what it does exactly.
 */
import { ConfigError } from '../errors.ts';
import { quoteText } from './quote.ts';
import type { ColumnDefinition } from './table-definition.ts';

type Timing = Pick<ColumnDefinition, 'name' | 'unit' | 'format' | 'timezone'>;

/** What JSON calls a number, also where it comes as a text. */
const integer = String.raw`-?(0|[1-9]\d*)`;
const number = String.raw`${integer}(\.\d+)?([eE][+-]?\d+)?`;
const date = String.raw`\d{4}-\d{2}-\d{2}`;
const minutes = String.raw`[T ]\d{2}:\d{2}`;
const seconds = String.raw`:\d{2}(\.\d{1,6}0*)?`;
const offset = String.raw`(Z|[+-](0\d|1[0-8])(:?[0-5]\d)?)`;

/** Decimal places that turn a unit into microseconds. */
const unitPlaces = { s: 6, ms: 3, us: 0 } as const;

/** An expression over the expression `text`: NULL when the text is NULL or does not fit the column. */
export function castValue(column: ColumnDefinition, text: string): string {
  const { type } = column;
  if (type === 'varchar') return text;
  if (type === 'boolean') {
    return `CASE WHEN ${text} IN ('true', '1') THEN true WHEN ${text} IN ('false', '0') THEN false END`;
  }
  if (type === 'bigint') {
    // `14.0` is whole; but beyond 2^53 the point says that it has been a double, and rounded, before.
    const whole = String.raw`-?(0|[1-9]\d{0,14}|[1-8]\d{15})\.0+`;
    const value = `TRY_CAST(${text} AS BIGINT)`;
    return `CASE WHEN ${matches(text, integer)} THEN ${value} WHEN ${matches(text, whole)} THEN ${value} END`;
  }
  if (type === 'double') {
    // -0.0 becomes 0.0: a Parquet dictionary keeps one of the two, whichever came first.
    const value = `TRY_CAST(${text} AS DOUBLE) + 0`;
    return `CASE WHEN ${matches(text, number)} AND isfinite(${value}) THEN ${value} END`;
  }
  if (type === 'date') return castDate(column, text);
  if (type === 'timestamp') return castTimestamp(column, text);
  return castDecimal(decimalSize(column), text);
}

/** An ISO 8601 text with an offset, as UTC; with `timezone`, one without an offset or without a time is UTC as it stands. */
export function castIsoTime(text: string, timezone?: 'UTC'): string {
  // DuckDB reads the year 0000 as 1 BC, and no offset where seconds are missing.
  const withSeconds = `left(${text}, 16) || ':00' || substr(${text}, 17)`;
  const branches = [
    `WHEN ${matches(text, date + minutes + seconds + offset)} AND ${text} > '0001' THEN ${inUtc(text)}`,
    `WHEN ${matches(text, date + minutes + offset)} AND ${text} > '0001' THEN ${inUtc(withSeconds)}`,
  ];
  if (timezone !== undefined) {
    branches.push(
      `WHEN ${matches(text, `${date}(${minutes}(${seconds})?)?`)} AND ${text} > '0001' THEN TRY_CAST(${text} AS TIMESTAMP)`,
    );
  }
  return `CASE ${branches.join(' ')} END`;
}

function inUtc(text: string): string {
  return `make_timestamp(epoch_us(TRY_CAST(${text} AS TIMESTAMPTZ)))`;
}

function castDate({ format }: Timing, text: string): string {
  if (format !== undefined) return `CAST(${parsed(text, format)} AS DATE)`;
  return `CASE WHEN ${matches(text, date)} AND ${text} > '0001' THEN TRY_CAST(${text} AS DATE) END`;
}

function castTimestamp({ name, unit, format, timezone }: Timing, text: string): string {
  if (unit !== undefined) return castEpoch(unitPlaces[unit], text);
  if (format === undefined) return castIsoTime(text, timezone);
  if (format.includes('%z')) return `make_timestamp(epoch_us(${parsed(text, format)}))`;
  if (timezone !== undefined) return parsed(text, format);
  throw new ConfigError(
    `column ${name}: the format ${format} reads no offset (%z); add timezone: UTC if the times are in UTC`,
  );
}

/** Twelve digits of seconds reach the year 33658: milliseconds that come where seconds are due do not fit. */
function castEpoch(places: number, text: string): string {
  const whole = String.raw`-?(0|[1-9]\d{0,${17 - places}})`;
  const fraction = `rpad(left(split_part(${text}, '.', 2), ${places}), ${places}, '0')`;
  return `CASE WHEN ${matches(text, whole)} THEN make_timestamp(CAST(${text} AS BIGINT) * ${10 ** places}) WHEN ${matches(text, whole + decimals(places))} THEN make_timestamp(CAST(split_part(${text}, '.', 1) || ${fraction} AS BIGINT)) END`;
}

function castDecimal({ digits, places }: { digits: number; places: number }, text: string): string {
  const type = `DECIMAL(${digits},${places})`;
  const plain = `${integer}(${decimals(places)})?`;
  const scientific = String.raw`${integer}(\.\d+)?[eE][+-]?\d{1,3}`;
  return `CASE WHEN ${matches(text, plain)} THEN TRY_CAST(${text} AS ${type}) WHEN ${matches(text, scientific)} THEN TRY_CAST(${writeOut(text, places)} AS ${type}) END`;
}

/**
 * A number in scientific notation as plain digits with `places` decimals; NULL when it has more. Casting it as it is,
 * DuckDB gives values of more digits than the type has (`6.0e11` to DECIMAL(11,0)) and refuses some that fit.
 */
function writeOut(text: string, places: number): string {
  const significant = `rtrim(regexp_replace(${text}, '[eE].*|[-.]', '', 'g'), '0')`;
  const whole = String.raw`length(regexp_extract(${text}, '\d+'))`;
  const exponent = `CAST(regexp_extract(${text}, '[eE][+]?(.+)', 1) AS INTEGER)`;
  const zeros = `${places} - length(${significant}) + ${whole} + ${exponent}`;
  const all = `repeat('0', ${places + 1}) || ${significant} || repeat('0', ${zeros})`;
  const pointed = places === 0 ? all : String.raw`regexp_replace(${all}, '(\d{${places}})$', '.\1')`;
  return `CASE WHEN ${significant} = '' THEN '0' WHEN ${zeros} >= 0 THEN regexp_extract(${text}, '^-?') || ${pointed} END`;
}

/** A point and digits of which at most `places` count. */
function decimals(places: number): string {
  return places === 0 ? String.raw`\.0+` : String.raw`\.\d{1,${places}}0*`;
}

/** Throws ConfigError where DuckDB has no such type. */
function decimalSize({ name, type }: { name: string; type: string }): { digits: number; places: number } {
  const match = /^decimal\((\d+),(\d+)\)$/.exec(type);
  const [digits, places] = [Number(match?.[1]), Number(match?.[2])];
  if (digits >= 1 && digits <= 38 && places <= digits) return { digits, places };
  throw new ConfigError(
    `column ${name}: there is no type ${type}; write decimal(p,s) with p up to 38, s up to p`,
  );
}

/** strptime takes `epoch` and `infinity` for any format. */
function parsed(text: string, format: string): string {
  return `CASE WHEN ${matches(text, String.raw`.*\d.*`)} THEN TRY_STRPTIME(${text}, ${quoteText(format)}) END`;
}

function matches(text: string, pattern: string): string {
  return `regexp_full_match(${text}, ${quoteText(pattern)})`;
}
