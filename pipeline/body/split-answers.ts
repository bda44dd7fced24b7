import { HttpError } from '../http/http-error.ts';
import { formatJsonPath, type JsonPath } from '../source/json-path.ts';
import { elementsOf, findValue, openList } from './json-scanner.ts';

/** The answers to a group of slices, each in its own text: the elements of the list at the path, or the one value there. */
export function splitAnswers(json: Buffer, path: JsonPath): Buffer[] {
  const found = findValue(json, path);
  if (!found) {
    const message = `no answers at ${formatJsonPath(path)} (for_each, answers)`;
    throw new HttpError(message, { retryable: true });
  }
  if (json[found.start] !== openList) return [json.subarray(found.start, found.end)];
  return Array.from(elementsOf(json, found.start), ({ start, end }) => json.subarray(start, end));
}
