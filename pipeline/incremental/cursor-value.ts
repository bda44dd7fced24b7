/**
 * Cursors as they are compared: times in milliseconds since 1970, numbers, texts. As they are stored, times are ISO 8601:
 * who looks into the ledger can read them.
 */
import { CatchwaterError } from '../errors.ts';
import type { Incremental } from '../source/source.ts';

export type CursorValue = string | number;
/** In the ledger. */
export type StoredCursor = string | number;

type CursorForm = Pick<Incremental, 'cursor_type' | 'cursor_unit'>;

/** Undefined for what is no value of the cursor's type. */
export function readCursor(
  value: unknown,
  { cursor_type: type, cursor_unit: unit }: CursorForm,
): CursorValue | undefined {
  if (type === 'text') return readText(value);
  if (type === 'number') return readNumber(value);
  if (unit === 'iso') return readTime(value);
  const number = readNumber(value);
  // Cut off, not rounded: a cursor may be a little early, never late.
  return number === undefined ? undefined : Math.floor(unit === 's' ? number * 1000 : number);
}

export function storeCursor(value: CursorValue, { cursor_type: type }: CursorForm): StoredCursor {
  return type === 'time' ? new Date(Number(value)).toISOString() : value;
}

/** What the ledger, `initial_value` or `end_value` holds. */
export function loadCursor(stored: StoredCursor, form: CursorForm): CursorValue {
  const value =
    form.cursor_type === 'time' && typeof stored === 'string' ? readTime(stored) : readCursor(stored, form);
  if (value !== undefined) return value;
  throw new CatchwaterError(
    `the cursor '${stored}' is no ${form.cursor_type}: set cursor_type back to what it was at the first fetch, or give the ` +
      `resource another name, with its table as table_name, under which it begins at initial_value`,
  );
}

/** Numbers by size, texts by their code units. */
export function greaterCursor<Value extends CursorValue>(
  one: Value | undefined,
  other: Value | undefined,
): Value | undefined {
  if (one === undefined) return other;
  return other === undefined || one >= other ? one : other;
}

/** A number that has lost digits in JSON.parse would move the cursor past records. */
function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

const isoForm = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s?(Z|z|UTC|[+-]\d\d:?\d\d)?)?$/;

/** A time without an offset is UTC. Digits after the milliseconds are cut off. */
function readTime(value: unknown): number | undefined {
  const [, date, clock = '00:00', fraction = '', zone = 'Z'] =
    isoForm.exec(typeof value === 'string' ? value.trim() : '') ?? [];
  if (date === undefined) return undefined;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const offset = /^[zU]/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const time = Date.parse(`${date}T${seconds}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}
