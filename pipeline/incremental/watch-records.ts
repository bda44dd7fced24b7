import { HttpError } from '../http/http-error.ts';
import { formatJsonPath, parseJsonPath, selectPath, type JsonPath } from '../source/json-path.ts';
import type { Incremental } from '../source/source.ts';
import {
  greaterCursor,
  readCursor,
  storeCursor,
  type CursorValue,
  type StoredCursor,
} from './cursor-value.ts';
import type { Window } from './windows.ts';

/** Looks at the records of one page, and says which of them land. */
export interface RecordWatch {
  onRecord: (record: unknown) => void;
  keep?: (record: unknown) => boolean;
  /** Of the records seen. */
  greatest: () => StoredCursor | undefined;
  /** By the declared order, all further records lie outside of the window. */
  isPast: () => boolean;
}

/** Undefined where the records have no say. */
export function watchRecords(incremental: Incremental, window: Window): RecordWatch | undefined {
  if (incremental.cursor_path === undefined) return undefined;
  const { row_order: order, client_side: filters, on_cursor_value_missing: missing } = incremental;
  const path = parseJsonPath(incremental.cursor_path);
  let greatest: CursorValue | undefined;
  let past = false;
  const valueOf = (record: unknown): CursorValue | undefined =>
    readCursor(selectPath(path, record), incremental);
  const isBefore = (value: CursorValue): boolean => value < window.start;
  const isAfter = (value: CursorValue): boolean => window.end !== undefined && value >= window.end;
  return {
    onRecord: (record) => {
      const value = valueOf(record);
      if (value === undefined) {
        if (missing === 'raise') throw noCursor(path, record, incremental);
        return;
      }
      greatest = greaterCursor(greatest, value);
      if (order === 'desc' ? isBefore(value) : order === 'asc' && isAfter(value)) past = true;
    },
    ...((filters || missing === 'exclude') && {
      keep: (record: unknown) => {
        const value = valueOf(record);
        if (value === undefined) return missing !== 'exclude';
        return !filters || (!isBefore(value) && !isAfter(value));
      },
    }),
    greatest: () => (greatest === undefined ? undefined : storeCursor(greatest, incremental)),
    isPast: () => past,
  };
}

function noCursor(
  path: JsonPath,
  record: unknown,
  { cursor_type: type, cursor_unit: unit }: Incremental,
): HttpError {
  const found = selectPath(path, record);
  const kind = type === 'time' ? (unit === 'iso' ? 'ISO 8601 time' : `time in ${unit}`) : type;
  const what =
    found === undefined || found === null
      ? 'nothing'
      : `${JSON.stringify(found).slice(0, 80)}, which is no ${kind} to rely on`;
  return new HttpError(
    `a record has ${what} at cursor_path ${formatJsonPath(path)}; ` +
      `mend cursor_path, cursor_type or cursor_unit, or set on_cursor_value_missing: include or exclude`,
    { retryable: false },
  );
}
