import { CatchwaterError } from '../errors.ts';
import { HttpError } from '../http/http-error.ts';
import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { ForEachValue, ParentSlices, Slice } from '../source/source.ts';
import { canonicalJson } from './slice-key.ts';

type Fields = Record<string, string | number | boolean | null>;

/** More would be a list of requests that no invocation comes to the end of, and no ledger item can hold. */
const mostSlices = 100_000;

/**
 * Gathers the values that a parent's records stand for, each once, in the order in which they come. A record without one
 * is told of when the values are asked for: it is no fault of the parent's own fetch.
 */
export function collectSlices({ resource, fields }: ParentSlices) {
  const paths = Object.entries(fields).map(([name, path]) => ({ name, path, steps: parseJsonPath(path) }));
  const found = new Map<string, Fields>();
  let problem: CatchwaterError | undefined;
  const valueOf = (record: unknown): Fields =>
    Object.fromEntries(
      paths.map(({ name, path, steps }) => [name, scalarAt(selectPath(steps, record), path, resource)]),
    );
  return {
    onRecord: (record: unknown): void => {
      if (problem) return;
      try {
        const value = valueOf(record);
        found.set(canonicalJson(value), value);
        if (found.size > mostSlices) throw tooMany(found.size, resource);
      } catch (error) {
        found.clear();
        problem = error as CatchwaterError;
      }
    },
    values: (): Fields[] => {
      if (problem) throw problem;
      return [...found.values()];
    },
  };
}

/** The literal slices, each with every value. */
export function crossSlices(
  literal: Slice[],
  { variable, resource }: ParentSlices,
  values: ForEachValue[],
): Slice[] {
  const count = literal.length * values.length;
  if (count > mostSlices) throw tooMany(count, resource);
  return literal.flatMap((slice) => values.map((value) => ({ ...slice, [variable]: value })));
}

function scalarAt(value: unknown, path: string, resource: string): Fields[string] {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
    return value as Fields[string];
  const what = value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : 'an object';
  throw new HttpError(`a record of ${resource} has ${what} at ${path}, where for_each wants a value`, {
    retryable: false,
  });
}

function tooMany(count: number, resource: string): CatchwaterError {
  return new CatchwaterError(
    `the records of ${resource} make ${count} slices or more, and a resource may have ${mostSlices}; ` +
      `let the parent's incremental window, or its params, choose fewer`,
  );
}
