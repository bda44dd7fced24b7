import { formatJsonPath, parseJsonPath, selectPath, type JsonPath } from '../../source/json-path.ts';
import { HttpError } from '../http-error.ts';
import type { Token } from './token-cache.ts';
import { tokenError } from './token-refusal.ts';

/** Where a token and its lifetime stand in an answer. */
export interface TokenPlaces {
  token_path: string;
  expires_in_path?: string | undefined;
  /** Where the answer names no lifetime. */
  lifetime_ms: number;
}

export interface ReadToken {
  token: Token;
  /** Empty where the answer brings none. */
  refreshToken: string;
}

const longestMarginMs = 60_000;

/** What a good answer brings. Errors name fields of it, never values. `askedAt`: milliseconds since 1970. */
export function readToken(text: string, places: TokenPlaces, askedAt: number): ReadToken {
  const path = parseJsonPath(places.token_path);
  const document = parse(text, path.length === 0);
  const value = textOf(selectPath(path, document));
  if (value === '') throw missing(path, text, document);
  if (/\p{Cc}/u.test(value)) {
    throw new HttpError(`what stands at ${places.token_path} has line breaks or control characters in it`, {
      retryable: false,
    });
  }
  const named = places.expires_in_path && selectPath(parseJsonPath(places.expires_in_path), document);
  const lifetimeMs = lifetimeOf(named, askedAt) ?? places.lifetime_ms;
  const margin = Math.min(longestMarginMs, lifetimeMs / 10);
  // RFC 6749 puts it beside the token; some have it on top, whatever holds the token.
  const beside = textOf(selectPath([...path.slice(0, -1), 'refresh_token'], document));
  const refreshToken = beside || textOf(selectPath(['refresh_token'], document));
  return { token: { value, goodUntil: askedAt + lifetimeMs - margin }, refreshToken };
}

/** `whole`: the answer itself is the token, as JSON text or as it is. */
function parse(text: string, whole: boolean): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message quotes the text.
    if (whole && text.trim() !== '') return text.trim();
    throw new HttpError(`the answer is no JSON (${text.length} characters)`, { retryable: true });
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : '';
}

/**
 * Milliseconds from then: seconds as a number or as text, or a point in time, as some APIs put it (epoch seconds or
 * milliseconds, ISO 8601, an HTTP date). Undefined where nothing usable is said.
 */
function lifetimeOf(named: unknown, askedAt: number): number | undefined {
  const text = textOf(named);
  const ms = /^\d+(\.\d+)?s?$/.test(text)
    ? fromNumber(Number.parseFloat(text), askedAt)
    : fromDate(text, askedAt);
  return ms > 0 ? ms : undefined;
}

/** No token lives for thirty years: a larger number is a point in time. */
function fromNumber(number: number, askedAt: number): number {
  if (number >= 1e12) return number - askedAt;
  return number >= 1e9 ? number * 1000 - askedAt : number * 1000;
}

/** Date.parse takes much that is no date, and local time for one without a zone. */
function fromDate(text: string, askedAt: number): number {
  if (!/^(\d{4}-\d\d-\d\d[T ]\d|[A-Za-z]{3}, )/.test(text)) return 0;
  const zoned = /(Z|GMT|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  return Date.parse(zoned) - askedAt;
}

/** Some hosts say 200 to everything, and what went wrong in the body. */
function missing(path: JsonPath, text: string, document: unknown): HttpError {
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  if (isObject && 'error' in document && Boolean(document.error)) return tokenError({ status: 200, text });
  const fields = isObject ? Object.keys(document).join(', ').slice(0, 200) : '';
  const found = isObject ? `an object with ${fields || 'nothing in it'}` : 'no object';
  const message = `there is no token at ${formatJsonPath(path)}; the answer is ${found}`;
  return new HttpError(message, { retryable: false });
}
