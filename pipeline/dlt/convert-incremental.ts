import { convertPath } from './convert-path.ts';
import { isMapping, type Notes } from './notes.ts';

const read = [
  'type',
  'cursor_path',
  'initial_value',
  'end_value',
  'lag',
  'row_order',
  'range_start',
  'range_end',
  'on_cursor_value_missing',
  'start_param',
  'end_param',
  'primary_key',
];

/** `params`: what dlt adds to the request by itself is written out here. */
export function convertIncremental(
  given: Record<string, unknown>,
  path: string,
  notes: Notes,
): { incremental: Record<string, unknown>; params: Record<string, string> } {
  notes.addUnread(path, given, read);
  const cursorPath = convertPath(given['cursor_path']);
  if (cursorPath === undefined) notes.add(`${path}.cursor_path`, 'the path finds several values');
  const { initial_value: initial, lag } = given;
  const type =
    typeof initial === 'number'
      ? 'number'
      : typeof initial === 'string' && !Number.isNaN(Date.parse(initial))
        ? 'time'
        : 'text';
  if (initial == null) notes.add(path, 'there is no initial_value: say where the first fetch begins');
  const bounds =
    given['range_start'] === 'open'
      ? 'exclusive_start'
      : given['range_end'] === 'closed'
        ? 'inclusive'
        : 'half_open';
  notes.add(path, `bounds: ${bounds} is what dlt assumes of the API: is it so?`);
  const params: Record<string, string> = {};
  if (typeof given['start_param'] === 'string') params[given['start_param']] = '{incremental.start_value}';
  if (typeof given['end_param'] === 'string') params[given['end_param']] = '{incremental.end_value}';
  const incremental = {
    cursor_path: cursorPath,
    ...(type === 'time' ? {} : { cursor_type: type }),
    initial_value: initial ?? '-P30D',
    ...(given['end_value'] == null ? {} : { end_value: given['end_value'] }),
    ...(typeof lag === 'number' && lag > 0 ? { lookback_window: type === 'time' ? `PT${lag}S` : lag } : {}),
    bounds,
    ...(given['row_order'] === 'asc' || given['row_order'] === 'desc'
      ? { row_order: given['row_order'] }
      : {}),
    ...(given['on_cursor_value_missing'] == null
      ? {}
      : { on_cursor_value_missing: given['on_cursor_value_missing'] }),
  };
  return { incremental, params };
}

export function isIncrementalParam(value: unknown): value is Record<string, unknown> {
  return isMapping(value) && value['type'] === 'incremental';
}
