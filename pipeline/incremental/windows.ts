/**
 * Windows of a slice: what to ask for, from its cursor to now, and where the cursor stands afterwards. Inside, a window is
 * half-open; `bounds` and `granularity` make of it what the API understands.
 */
import type { Incremental } from '../source/source.ts';
import { addSpan } from './add-span.ts';
import {
  greaterCursor,
  loadCursor,
  storeCursor,
  type CursorValue,
  type StoredCursor,
} from './cursor-value.ts';
import { formatTime, isoTime } from './format-time.ts';

/** What `{incremental.…}` stands for. Null is not sent. */
export type IncrementalValues = Record<
  'start_value' | 'end_value' | 'initial_value' | 'last_value',
  string | number | null
>;

export interface Window {
  /** Included; absent: from the beginning. */
  start: CursorValue;
  /** Not included; absent: without end. */
  end?: CursorValue;
  /** It reaches `end_value`: nothing comes after it. */
  isLast: boolean;
  values: IncrementalValues;
}

/** What the API no longer knows; ISO 8601. */
export interface Gap {
  from: string;
  to: string;
}

export interface WindowPlan {
  /** In the order of time; one at most without `step`. */
  windows: Iterable<Window>;
  gap?: Gap;
}

/** The windows of a slice up to now; none when it has come to its end, or nothing can be new. */
export function planWindows(
  incremental: Incremental,
  cursor: StoredCursor | undefined,
  now: Date,
): WindowPlan {
  return incremental.cursor_type === 'time'
    ? planTimes(incremental, cursor, now.getTime())
    : { windows: openWindow(incremental, cursor) };
}

/** Where the next window starts, once `window` is whole. `greatest`: of the records in it. Never before `cursor`. */
export function cursorAfter(
  incremental: Incremental,
  {
    cursor,
    window,
    greatest,
  }: { cursor: StoredCursor | undefined; window: Window; greatest: StoredCursor | undefined },
): StoredCursor | undefined {
  const before = cursor === undefined ? undefined : loadCursor(cursor, incremental);
  const after = greaterCursor(before, reached(incremental, window, greatest));
  return after === undefined ? undefined : storeCursor(after, incremental);
}

function reached(
  incremental: Incremental,
  { end, isLast }: Window,
  greatest: StoredCursor | undefined,
): CursorValue | undefined {
  const movesByItself = isLast || incremental.step !== undefined || incremental.cursor_path === undefined;
  if (movesByItself && end !== undefined) return end;
  if (greatest === undefined) return undefined;
  const seen = loadCursor(greatest, incremental);
  // A record from beyond the window's end, or from the future, does not carry the cursor past what has not been asked for.
  return end !== undefined && seen > end ? end : seen;
}

function planTimes(incremental: Incremental, cursor: StoredCursor | undefined, now: number): WindowPlan {
  const { granularity, lookback, retention_ms: retention } = incremental;
  const floor = (time: number): number => Math.floor(time / granularity) * granularity;
  const last =
    incremental.end_value === undefined ? undefined : Number(loadCursor(incremental.end_value, incremental));
  const edge = retention === undefined ? undefined : Math.ceil((now - retention) / granularity) * granularity;
  const settled = floor(now - incremental.delay_ms);
  const end = Math.min(settled, last ?? settled);
  const initial = firstTime(incremental, now);
  const from = cursor === undefined ? initial : Number(loadCursor(cursor, incremental));
  if (last !== undefined && from >= last) return { windows: [] };
  const back = typeof lookback === 'object' && cursor !== undefined ? addSpan(from, lookback, -1) : from;
  // Looking back does not go before what was ever wanted, nor before what the API has.
  const wanted = 'at' in incremental.initial_value ? Math.max(back, Math.min(initial, from)) : back;
  const start = Math.max(floor(wanted), edge ?? -Infinity);
  const isGap = edge !== undefined && cursor !== undefined && from < edge;
  const spans = spansBetween(start, end, incremental.step);
  return {
    windows: toWindows(incremental, spans, { last, initial, from }),
    ...(isGap && { gap: { from: isoTime(from), to: isoTime(edge) } }),
  };
}

function firstTime(incremental: Incremental, now: number): number {
  const { initial_value: initial } = incremental;
  return 'at' in initial ? Number(loadCursor(initial.at, incremental)) : addSpan(now, initial.before, -1);
}

function* spansBetween(
  start: number,
  end: number,
  step: Incremental['step'],
): Generator<{ start: number; end: number }> {
  let begin = start;
  for (let count = 1; begin < end; count += 1) {
    const next = step ? Math.min(addSpan(start, step, count), end) : end;
    yield { start: begin, end: next };
    begin = next;
  }
}

function* toWindows(
  incremental: Incremental,
  spans: Iterable<{ start: number; end: number }>,
  { last, initial, from }: { last: number | undefined; initial: number; from: number },
): Generator<Window> {
  const { granularity, bounds } = incremental;
  const said = (time: number): string | number => formatTime(time, incremental.format);
  for (const { start, end } of spans) {
    const values = {
      start_value: said(bounds === 'exclusive_start' ? start - granularity : start),
      end_value: said(bounds === 'half_open' ? end : end - granularity),
      initial_value: said(initial),
      last_value: said(from),
    };
    yield { start, end, isLast: end === last, values };
  }
}

/** Numbers and texts have no now: from the cursor on, to `end_value` where there is one. */
function openWindow(incremental: Incremental, cursor: StoredCursor | undefined): Window[] {
  const { bounds, granularity, lookback, initial_value: initial, end_value: last } = incremental;
  const first = 'at' in initial ? loadCursor(initial.at, incremental) : 0;
  const from = cursor === undefined ? first : loadCursor(cursor, incremental);
  if (last !== undefined && from >= last) return [];
  const back = typeof lookback === 'number' && cursor !== undefined ? lookback : 0;
  const start = typeof from === 'number' && typeof first === 'number' ? Math.max(from - back, first) : from;
  const less = (value: CursorValue): CursorValue => (typeof value === 'number' ? value - granularity : value);
  const end = last === undefined ? undefined : loadCursor(last, incremental);
  const values = {
    start_value: bounds === 'exclusive_start' ? less(start) : start,
    end_value: end === undefined ? null : bounds === 'half_open' ? end : less(end),
    initial_value: first,
    last_value: from,
  };
  return [{ start, ...(end !== undefined && { end }), isLast: end !== undefined, values }];
}
