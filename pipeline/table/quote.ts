/** Names and texts as DuckDB reads them, whatever characters a source file puts into them. */
import { ConfigError } from '../errors.ts';
import type { Column } from './table-spec.ts';

/** An identifier: `"time"`. */
export function quoteName(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

/** A text literal: `'O''Hare'`. */
export function quoteText(text: string): string {
  return `'${withoutNul(text).replaceAll("'", "''")}'`;
}

/** The name of a column's text before it is cast; no column of a contract begins with `_`. */
export function textName(column: { name: string }): string {
  return quoteName(`_text ${column.name}`);
}

/** The column in its declared type. */
export function castColumn({ name, type }: Column, value = quoteName(name)): string {
  return `CAST(${value} AS ${type.toUpperCase()}) AS ${quoteName(name)}`;
}

// DuckDB's C interface ends a statement at the first NUL.
function withoutNul(text: string): string {
  if (!text.includes('\0')) return text;
  throw new ConfigError(`${JSON.stringify(text)} holds a NUL character: take it out of the source`);
}
