import { oneLine } from '../http/error-reason.ts';
import { HttpError } from '../http/http-error.ts';

/** The body is not what was sent, or not what was meant to be: a fault of the moment more often than of the request. */
export function damaged(status: number, what: string, cause?: unknown): HttpError {
  return new HttpError(`${status}, but ${what}`, { cause, status, retryable: true });
}

/** The same, with a part of the body in its words. */
export function damagedText(
  status: number,
  { what, quote, cause }: { what: string; quote: string; cause?: unknown },
): HttpError {
  const unquoted = `${status}, but ${what}`;
  return new HttpError(`${unquoted}: ${quote}`, { cause, status, retryable: true, unquoted });
}

/** The same request will never fit. */
export function tooLarge(what: string): HttpError {
  const remedy = 'ask for less per request (a shorter time range, fewer fields, smaller pages)';
  return new HttpError(`${what}; ${remedy}`, { retryable: false });
}

/** `what`: `the body`, `line 3 of the body`. */
export function parseJson(text: string, status: number, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // The parser quotes, too.
    const quote = `${ends(text)} (${oneLine((cause as Error).message)})`;
    throw damagedText(status, { what: `${what} is no whole JSON`, quote, cause });
  }
}

/** Both ends of a text that does not parse: what it is, and how it stops. */
export function ends(text: string): string {
  return oneLine(text.length <= 200 ? text : `${text.slice(0, 80)} … ${text.slice(-100)}`);
}

/** Rounded up: never less than there is. */
export function megabytes(bytes: number): string {
  return `${(Math.ceil((bytes / 2 ** 20) * 10) / 10).toFixed(1)} MB`;
}
