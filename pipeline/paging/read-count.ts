import { selectPath, type JsonPath } from '../source/json-path.ts';
import { pagingError, shown } from './paging-error.ts';

/** A whole number at that path of the body, or a text of digits; undefined: there is none on this page. */
export function readCount(path: JsonPath, document: unknown, name: string): number | undefined {
  const value = selectPath(path, document);
  if (value === undefined || value === null) return undefined;
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  throw pagingError(`${name} finds ${shown(value)}, which is no whole number`);
}

const yes = /^(true|yes|y)$/i;
const no = /^(false|no|n|0|)$/i;

/** What the API says of further pages; undefined: nothing. A count of what is left, or a token, says yes. */
export function readHasMore(path: JsonPath, document: unknown): boolean | undefined {
  const value = selectPath(path, document);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value > 0;
  if (typeof value === 'string' && (yes.test(value) || no.test(value))) return yes.test(value);
  throw pagingError(`has_more_path finds ${shown(value)}, which is neither true nor false`);
}
