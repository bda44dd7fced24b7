import { parseDuration, parseSpan } from '../duration.ts';
import type { IncrementalPart } from '../schema/source-schema.ts';
import type { Incremental } from '../source.ts';

const day = 86_400_000;

export function compileIncremental(part: IncrementalPart): Incremental {
  const { cursor_path, end_value, lookback_window: lookback, step, api_retention: retention } = part;
  const format = part.format ?? 'iso';
  return {
    ...(cursor_path === undefined ? {} : { cursor_path }),
    cursor_type: part.cursor_type,
    cursor_unit: part.cursor_unit,
    initial_value: compileInitial(part),
    ...(end_value === undefined ? {} : { end_value }),
    ...(lookback === undefined ? {} : { lookback: readSpan(lookback) }),
    ...(step === undefined ? {} : { step: spanOf(step) }),
    // Needed wherever it makes a difference: the checks see to that.
    bounds: part.bounds ?? 'half_open',
    granularity: readGranularity(part, format),
    format,
    delay_ms: parseDuration(part.delay) ?? 0,
    row_order: part.row_order,
    client_side: part.client_side,
    on_cursor_value_missing: part.on_cursor_value_missing,
    ...(retention === undefined ? {} : { retention_ms: parseDuration(retention) ?? 0 }),
  };
}

function compileInitial({
  initial_value: value,
  cursor_type: type,
}: IncrementalPart): Incremental['initial_value'] {
  const span = type === 'time' && typeof value === 'string' ? readBefore(value) : undefined;
  return span ? { before: span } : { at: value };
}

/** `-P30D`: that long before the first fetch; undefined for anything else. */
export function readBefore(value: string): ReturnType<typeof parseSpan> {
  return value.startsWith('-') ? parseSpan(value.slice(1)) : undefined;
}

function readSpan(length: string | number): NonNullable<Incremental['lookback']> {
  return typeof length === 'number' ? length : spanOf(length);
}

function spanOf(text: string): NonNullable<Incremental['step']> {
  return parseSpan(text) ?? { months: 0, days: 0, ms: 0 };
}

/** What the API can tell apart is what a request can say, unless the source knows better. */
function readGranularity({ granularity, cursor_type: type }: IncrementalPart, format: string): number {
  if (typeof granularity === 'number') return granularity;
  if (granularity !== undefined) return parseDuration(granularity) ?? 0;
  if (type !== 'time' || format === 'ms') return 1;
  return format === 'date' || isDateFormat(format) ? day : 1000;
}

/** strftime letters, none of which says more than the day. */
function isDateFormat(format: string): boolean {
  const letters = [...format.matchAll(/%-?(.)/g)].map(([, letter = '']) => letter);
  return letters.length > 0 && letters.every((letter) => 'YymdjbBaA%'.includes(letter));
}
