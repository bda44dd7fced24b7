import { HttpError } from '../http/http-error.ts';
import { formatJsonPath, type JsonPath } from '../source/json-path.ts';
import { findAll, skipSpace, type Span } from './json-scanner.ts';

/**
 * Where the value is that the path leads to. JSON.parse takes the last of two members of one name; the text has both, and
 * what must not land would land with the first.
 */
export function onlyValue(json: Buffer, path: JsonPath): Span | undefined {
  const [found, ...others] = findAll(json, skipSpace(json, 0), path);
  if (others.length === 0) return found;
  const message = `there are ${others.length + 1} values at ${formatJsonPath(path)} in the response: a name is there twice`;
  throw new HttpError(message, { retryable: true });
}
