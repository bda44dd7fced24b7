import { createHash } from 'node:crypto';
import type { Slice } from '../source/source.ts';

/** Names a slice in the ledger, whatever the order of its fields; '' for the only slice of a resource without `for_each`. */
export function sliceKey(slice: Slice): string {
  return Object.keys(slice).length === 0 ? '' : shortHash(canonicalJson(slice));
}

/** 16 hex digits. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The same text for the same value, whatever the order of its fields. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`;
}
