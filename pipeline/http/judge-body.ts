import { formatJsonPath, selectPath, type JsonPath } from '../source/json-path.ts';
import type { Shape } from '../source/source.ts';
import { errorReason, oneLine } from './error-reason.ts';
import { HttpError } from './http-error.ts';

/** What a response of the resource must look like. */
export interface Expectation {
  selector: JsonPath;
  shape: Shape;
  /** Columns of the contract: an `error` that the contract itself names is data. */
  columns: readonly string[];
}

/** Throws unless the text is one whole JSON document, no error message, with records where the source says they are. */
export function judgeBody(text: string, status: number, expected: Expectation): void {
  const refuse = (message: string): never => {
    // An answer that went wrong under a 200 is a fault of the moment more often than of the request.
    throw new HttpError(`${status}, ${message}`, { status, retryable: true });
  };
  if (text.trim() === '') refuse('but the body is empty');
  const value = parse(text, status);
  const marker = errorMarker(value, expected);
  if (marker !== undefined) refuse(`but '${marker}' in it says that it is an error: ${errorReason(text)}`);
  const found = selectPath(expected.selector, value);
  const problem = shapeProblem(found, expected.shape);
  if (problem === undefined) return;
  const place = formatJsonPath(expected.selector);
  const fields = found === undefined ? `; ${fieldsOf(value)}` : '';
  refuse(`but data_selector ${place} finds ${problem}${fields}`);
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const where = oneLine((cause as Error).message);
    const message = `${status}, but the body is no whole JSON: ${ends(text)} (${where})`;
    throw new HttpError(message, { cause, status, retryable: true });
  }
}

/** The field that marks an error in a body whose status says otherwise. */
function errorMarker(value: unknown, { selector, columns }: Expectation): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const body = value as Record<string, unknown>;
  const declared = (field: string): boolean => selector.length === 0 && columns.includes(field);
  const markers = [
    ...['error', 'errors'].filter((field) => isFilled(body[field])),
    ...['ok', 'success'].filter((field) => body[field] === false),
    ...['status'].filter((field) => body[field] === 'error'),
  ];
  return markers.find((field) => Object.hasOwn(body, field) && !declared(field));
}

/** `error: null`, `false`, `0`, `""`, `[]` and `{}` all say that there is none. */
function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function shapeProblem(found: unknown, shape: Shape): string | undefined {
  const kind = kindOf(found);
  if (shape === 'list') return kind === 'a list' ? undefined : `${kind} instead of a list`;
  if (kind !== 'an object') return `${kind} instead of an object`;
  if (shape === 'object') return undefined;
  const lists = Object.entries(found as object).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  const [first, ...others] = lists;
  if (!first) return 'an object without parallel lists';
  const odd = others.find(([, list]) => list.length !== first[1].length);
  if (!odd) return undefined;
  return `lists of different lengths: ${first[0]} has ${first[1].length}, ${odd[0]} has ${odd[1].length}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function fieldsOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `the body is ${kindOf(value)}`;
  const names = Object.keys(value);
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `the body has ${names.slice(0, 10).join(', ')}${more}`;
}

/** Both ends of a text that does not parse: what it is, and how it stops. */
function ends(text: string): string {
  return oneLine(text.length <= 200 ? text : `${text.slice(0, 80)} … ${text.slice(-100)}`);
}
