import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { HttpError } from './http-error.ts';

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  /** Names in lower case. */
  headers: Record<string, string>;
  body?: string;
}

/** Status line and headers are here, the body is still arriving. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: Readable;
}

export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** Redirects are not followed, bodies not decoded; the signal covers the body too. */
export function sendThrough(dispatcher: Dispatcher): Send {
  return async ({ method, url, headers, body }, signal) => {
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers,
      signal,
      ...(body !== undefined && { body }),
    });
    return { status: answer.statusCode, headers: joinValues(answer.headers), body: answer.body };
  };
}

function joinValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** Waiting does not mend these: the request itself is wrong, or the host is not who it says. */
const lasting =
  /^(UND_ERR_INVALID_ARG|ERR_INVALID_|ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/;

/** What went wrong between the two ends, as an HttpError; `within` is the time that the answer had. */
export function connectionError(cause: unknown, within: number): HttpError {
  if (cause instanceof HttpError) return cause;
  if (nameOf(cause) === 'TimeoutError') {
    return new HttpError(`no complete answer within ${within} ms`, { cause, retryable: true });
  }
  const given = (cause as { code?: unknown } | undefined)?.code;
  const code = typeof given === 'string' ? given : nameOf(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  return new HttpError(`the connection failed: ${text} (${code})`, { cause, retryable: !lasting.test(code) });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
