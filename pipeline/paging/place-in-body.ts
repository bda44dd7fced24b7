import { ConfigError } from '../errors.ts';
import type { HttpRequest } from '../http/send-request.ts';
import { parseJsonPath, type JsonPath } from '../source/json-path.ts';

type Container = Record<string | number, unknown>;

/** Requests whose JSON body, or form, differs in one value; throws a ConfigError where the body has no such place. */
export function placeInBody(request: HttpRequest, pathText: string): (value: unknown) => HttpRequest {
  const path = parseJsonPath(pathText);
  const type = request.headers['content-type'];
  if (type?.includes('x-www-form-urlencoded')) return placeInForm(request, path, pathText);
  const headers =
    type === undefined ? { ...request.headers, 'content-type': 'application/json' } : request.headers;
  const body: unknown = request.body === undefined ? {} : JSON.parse(request.body);
  const place = (value: unknown): HttpRequest => ({
    ...request,
    headers,
    body: JSON.stringify(withValue(body, path, { value, pathText })),
  });
  place(null);
  return place;
}

function placeInForm(
  request: HttpRequest,
  path: JsonPath,
  pathText: string,
): (value: unknown) => HttpRequest {
  const [name, ...below] = path;
  if (typeof name !== 'string' || below.length > 0) {
    throw new ConfigError(`${pathText} is no place in a form: write $.field, or send the body as json`);
  }
  return (value) => {
    const form = new URLSearchParams(request.body);
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
    return { ...request, body: form.toString() };
  };
}

interface Placed {
  value: unknown;
  pathText: string;
}

/** A copy with the value at the path: what surrounds it is copied, the rest shared, what is missing is made. */
function withValue(body: unknown, [step, ...rest]: JsonPath, placed: Placed): unknown {
  if (step === undefined) return placed.value;
  const isIndex = typeof step === 'number';
  const there = body ?? (isIndex ? [] : {});
  if (typeof there !== 'object' || Array.isArray(there) !== isIndex) {
    throw new ConfigError(
      `the body has ${JSON.stringify(there)} where ${placed.pathText} needs ${isIndex ? 'a list' : 'an object'}`,
    );
  }
  const copy = (Array.isArray(there) ? [...(there as unknown[])] : { ...there }) as Container;
  copy[step] = withValue(Object.hasOwn(there, step) ? (there as Container)[step] : undefined, rest, placed);
  return copy;
}
