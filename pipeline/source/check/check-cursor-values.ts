import { readBefore } from '../compile/compile-incremental.ts';
import type { Report } from '../report.ts';
import type { IncrementalPart } from '../schema/source-schema.ts';
import { isTime } from './is-time.ts';

/** Where a cursor begins and ends, and how far it looks back, are of its own type; reports start at `incremental`. */
export function checkCursorValues(incremental: IncrementalPart, report: Report): void {
  const {
    cursor_type: type,
    initial_value: initial,
    end_value: end,
    lookback_window: lookback,
  } = incremental;
  for (const name of ['initial_value', 'end_value'] as const) {
    const value = incremental[name];
    if (value === undefined) continue;
    const message = explainValue(name, value, type);
    if (message !== undefined) report([name], message);
  }
  if (
    end !== undefined &&
    explainValue('end_value', end, type) === undefined &&
    !isBefore(initial, end, type)
  )
    report(['end_value'], `it ends (${end}) before it begins (${initial})`);
  if (lookback === undefined) return;
  if (type === 'text') report(['lookback_window'], 'before a text there is no distance', { on: 'key' });
  else if (type === 'number' && typeof lookback !== 'number')
    report(['lookback_window'], `'${lookback}': the cursor is a number, and so is the distance before it`);
  else if (type === 'time' && typeof lookback === 'number')
    report(
      ['lookback_window'],
      `${lookback}: the cursor is a time, and the distance before it a duration such as PT1H`,
    );
}

function explainValue(
  name: 'initial_value' | 'end_value',
  value: string | number,
  type: IncrementalPart['cursor_type'],
): string | undefined {
  if (type === 'number')
    return typeof value === 'number' ? undefined : `'${value}' is no number, as the cursor is`;
  if (typeof value === 'number')
    return type === 'text'
      ? `the cursor is a text: put ${value} in quotes`
      : `${value}: a time is written in ISO 8601, such as 2024-01-31T12:00:00Z; a cursor that is a number says cursor_type: number`;
  if (type === 'text' || isTime(value)) return undefined;
  if (name === 'initial_value' && readBefore(value)) return undefined;
  const before = name === 'initial_value' ? ', or -P30D for that long before the first fetch' : '';
  const zone = /T\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(value) ? ' with its offset' : '';
  return `'${value}' is no time: write ISO 8601${zone}, such as 2024-01-31 or 2024-01-31T12:00:00Z${before}`;
}

function isBefore(
  initial: string | number,
  end: string | number,
  type: IncrementalPart['cursor_type'],
): boolean {
  if (typeof initial === 'number' || typeof end === 'number') return initial < end;
  if (type === 'text') return initial < end;
  return !isTime(initial) || Date.parse(initial) < Date.parse(end);
}
