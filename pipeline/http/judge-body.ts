import { formatJsonPath, selectPath, type JsonPath } from '../source/json-path.ts';
import type { Shape } from '../source/source.ts';
import { documentReason } from './error-reason.ts';
import { HttpError } from './http-error.ts';
import { isRetryable, type AnswerHead } from './judge-status.ts';
import { rateLimitWaitMs } from './rate-limit-wait.ts';

/** What a response of the resource must look like. */
export interface Expectation {
  selector: JsonPath;
  shape: Shape;
  /** Columns of the contract: an `error` that the contract itself names is data. */
  columns: readonly string[];
}

/** Throws when a body under a good status says that it is an error. */
export function judgeDocument(
  document: unknown,
  expected: Expectation,
  { head, now }: { head: AnswerHead; now: Date },
): void {
  const { status } = head;
  const found = errorIn(document, expected);
  if (!found) return;
  const { marker, code } = found;
  const reason = documentReason(document);
  const limited = code === 429;
  const unquoted = `${status}, but '${marker}' in it says that it is an error`;
  throw new HttpError(`${unquoted}: ${reason}`, {
    status,
    unquoted,
    // An answer that went wrong under a 200 is a fault of the moment more often than of the request, unless it says which.
    retryable: code === undefined || isRetryable(code),
    retryAfterMs: rateLimitWaitMs(head, { text: reason, now, limited }),
    rateLimited: limited,
    refreshToken: code === 401 || code === 403,
  });
}

interface ErrorFound {
  marker: string;
  /** The status that the body gives itself. */
  code: number | undefined;
}

const codes = ['cod', 'code', 'status', 'statusCode', 'status_code'];
const words = ['message', 'msg', 'error', 'detail', 'reason', 'info'];

function errorIn(document: unknown, { selector, columns }: Expectation): ErrorFound | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const body = document as Record<string, unknown>;
  const declared = (field: string): boolean => selector.length === 0 && columns.includes(field);
  const markers = [
    ...['error', 'errors'].filter((field) => isFilled(body[field])),
    ...['ok', 'success'].filter((field) => body[field] === false),
    ...['status'].filter((field) => body[field] === 'error'),
  ];
  const marker = markers.find((field) => Object.hasOwn(body, field) && !declared(field));
  const codeField = codes.find((field) => !declared(field) && errorCode(body[field]) !== undefined);
  // A code alone may be a dialling code: an error has words too.
  const saysSo = codeField !== undefined && words.some((field) => typeof body[field] === 'string');
  if (marker === undefined && !saysSo) return undefined;
  const code = codeField === undefined ? undefined : errorCode(body[codeField]);
  return { marker: marker ?? codeField ?? '', code };
}

/** A status of 400 and more, as a number or a text (OpenWeatherMap has both). */
function errorCode(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return /^[45]\d\d$/.test(String(value)) ? Number(value) : undefined;
}

/** `error: null`, `false`, `0`, `""`, `[]` and `{}` all say that there is none. */
function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Throws unless there are records where the source says they are. */
export function judgeRecords(document: unknown, status: number, { selector, shape }: Expectation): void {
  const found = selectPath(selector, document);
  const problem = shapeProblem(found, shape);
  if (problem === undefined) return;
  const fields = found === undefined ? `; ${fieldsOf(document)}` : '';
  throw new HttpError(`${status}, but data_selector ${formatJsonPath(selector)} finds ${problem}${fields}`, {
    status,
    retryable: true,
  });
}

function shapeProblem(found: unknown, shape: Shape): string | undefined {
  const kind = kindOf(found);
  if (shape === 'list') return kind === 'a list' ? undefined : `${kind} instead of a list`;
  if (kind !== 'an object') return `${kind} instead of an object`;
  return shape === 'columns' ? columnsProblem(found as object) : undefined;
}

function columnsProblem(found: object): string | undefined {
  const lists = Object.entries(found).filter((entry): entry is [string, unknown[]] =>
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
