import type { JsonPath } from '../source/json-path.ts';

/**
 * The path as JSON Pointer (RFC 6901). DuckDB's own `$` paths read `"*"` as a wildcard even in quotes; a pointer has no
 * special characters but `/` and `~`.
 */
export function jsonPointer(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
