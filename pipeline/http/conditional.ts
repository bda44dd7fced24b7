import { theirClock } from './read-reset.ts';
import type { HttpRequest } from './send-request.ts';

/** What the last committed response said of itself. */
export interface Validators {
  etag?: string;
  last_modified?: string;
  /** ISO 8601: until then nobody asks again. */
  expires_at?: string;
}

type Headers = Record<string, string>;

/** A header that names a year, by mistake or out of habit, must not stop a pipeline for a year. */
const longestFreshMs = 24 * 3_600_000;

/**
 * What to ask the next time with. `previous`: what this request was asked with, of which a 304 keeps what it does not
 * name anew. Undefined: there is nothing, or it may not be kept.
 */
export function validatorsOf(headers: Headers, now: Date, previous?: Validators): Validators | undefined {
  const directives = cacheControl(headers);
  if (directives.has('no-store')) return undefined;
  const etag = headers['etag'] ?? previous?.etag;
  const lastModified = headers['last-modified'] ?? previous?.last_modified;
  const freshMs = Math.min(
    longestFreshMs,
    directives.has('no-cache') ? 0 : freshness(headers, directives, now),
  );
  const validators = {
    ...(etag && { etag }),
    ...(lastModified && { last_modified: lastModified }),
    ...(freshMs > 0 && { expires_at: new Date(now.getTime() + freshMs).toISOString() }),
  };
  return Object.keys(validators).length > 0 ? validators : undefined;
}

/** The request that is answered with 304 where nothing has changed. */
export function withValidators(request: HttpRequest, validators: Validators | undefined): HttpRequest {
  if (!validators) return request;
  const { etag, last_modified: lastModified } = validators;
  const headers = {
    ...request.headers,
    ...(etag && { 'if-none-match': etag }),
    ...(lastModified && { 'if-modified-since': lastModified }),
  };
  return { ...request, headers };
}

/** Whether it is too early to ask again. */
export function isFresh(validators: Validators | undefined, now: Date): boolean {
  return validators?.expires_at !== undefined && Date.parse(validators.expires_at) > now.getTime();
}

/** Milliseconds from now, less the age that the answer had when it came: `s-maxage`, `max-age`, else `Expires`. */
function freshness(headers: Headers, directives: Map<string, string>, now: Date): number {
  const age = (seconds(headers['age']) ?? 0) * 1000;
  const maxAge = seconds(directives.get('s-maxage')) ?? seconds(directives.get('max-age'));
  if (maxAge !== undefined) return maxAge * 1000 - age;
  const expires = Date.parse(headers['expires'] ?? '');
  // "0" and "-1" mean "already", and are years to Date.parse.
  if (Number.isNaN(expires) || !/^[A-Za-z]{3}/.test(headers['expires'] ?? '')) return 0;
  // Both by the API's clock, which may differ from ours.
  return expires - theirClock(headers, now) - age;
}

function cacheControl(headers: Headers): Map<string, string> {
  const parts = (headers['cache-control'] ?? '')
    .toLowerCase()
    .match(/[^\s,=]+(?:\s*=\s*(?:"[^"]*"|[^\s,]*))?/g);
  return new Map((parts ?? []).map((part) => directive(part)));
}

function directive(part: string): [name: string, value: string] {
  const [name = '', value = ''] = part.split('=', 2).map((text) => text.trim());
  return [name, value.replaceAll('"', '')];
}

function seconds(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}
