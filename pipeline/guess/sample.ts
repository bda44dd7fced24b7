import type { ColumnType } from '../table/table-spec.ts';

/** What a source file is guessed from: one response, and how it was had. */
export interface Sample {
  /** Absent for a file. */
  url?: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: unknown;
  /** What a description of the API says of fields, by their path in the record (`a.b`): it knows better than values. */
  types?: Map<string, ColumnType>;
}

/** A part of the source file, and what speaks for it. */
export type Guess<Value> = Value & { reason: string };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
