import type { JsonPath } from '../source/json-path.ts';
import type { Shape } from '../source/source.ts';
import { isRecord, type Guess } from './sample.ts';

export interface FoundRecords {
  selector: JsonPath;
  shape: Shape;
  records: Record<string, unknown>[];
}

/** How deep in a body the records are looked for. */
const deepest = 3;

/** Where in a body the records are: the longest list of objects, else parallel lists, else the body itself as one record. */
export function findRecords(body: unknown): Guess<FoundRecords> {
  const places = [...placesIn(body, [], 0)];
  const lists = places.flatMap(({ path, value }) => {
    const records = Array.isArray(value) ? value.filter(isRecord) : [];
    return records.length > 0 ? [{ path, records }] : [];
  });
  const longest = lists.toSorted(
    (a, b) => b.records.length - a.records.length || a.path.length - b.path.length,
  )[0];
  const parallel = places.find(({ value }) => isRecord(value) && isParallel(value));
  // A list of two conditions beside twenty-four hourly values is a detail of the response.
  if (parallel && isRecord(parallel.value) && lengthOf(parallel.value) >= (longest?.records.length ?? 0)) {
    const records = zip(parallel.value);
    const reason = `lists of ${records.length} values side by side`;
    return { selector: parallel.path, shape: 'columns', records, reason };
  }
  if (longest) {
    const count = longest.records.length;
    const reason = lists.length > 1 ? `the longest list, ${count} records` : `a list of ${count}`;
    return { selector: longest.path, shape: 'list', records: longest.records, reason };
  }
  const map = places.find(({ value }) => isRecord(value) && isMap(value));
  if (map && isRecord(map.value)) {
    const records = Object.values(map.value).filter(isRecord);
    return {
      selector: map.path,
      shape: 'map',
      records,
      reason: `${records.length} records of one form, by their names`,
    };
  }
  return { selector: [], shape: 'object', records: isRecord(body) ? [body] : [], reason: 'one object' };
}

function* placesIn(
  value: unknown,
  path: JsonPath,
  depth: number,
): Generator<{ path: JsonPath; value: unknown }> {
  yield { path, value };
  if (!isRecord(value) || depth === deepest) return;
  for (const [name, inner] of Object.entries(value)) {
    // JSON-LD explains its own words there.
    if (!name.startsWith('@')) yield* placesIn(inner, [...path, name], depth + 1);
  }
}

function listsOf(value: Record<string, unknown>): [string, unknown[]][] {
  return Object.entries(value).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && !entry[1].some(isRecord),
  );
}

function isParallel(value: Record<string, unknown>): boolean {
  const found = listsOf(value);
  const length = found[0]?.[1].length ?? 0;
  return found.length >= 2 && length > 1 && found.every(([, list]) => list.length === length);
}

function lengthOf(value: Record<string, unknown>): number {
  return listsOf(value)[0]?.[1].length ?? 0;
}

function zip(value: Record<string, unknown>): Record<string, unknown>[] {
  const found = listsOf(value);
  return Array.from({ length: lengthOf(value) }, (_, index) =>
    Object.fromEntries(found.map(([name, list]) => [name, list[index]])),
  );
}

/** Names that are data: several objects, and their fields are the same. */
function isMap(value: Record<string, unknown>): boolean {
  const entries = Object.values(value);
  if (entries.length < 5 || !entries.every(isRecord)) return false;
  const forms = new Set(entries.map((entry) => Object.keys(entry).toSorted(byText).join('\n')));
  return forms.size === 1;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
