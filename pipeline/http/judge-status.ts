import type { ResponseFormat } from '../source/source.ts';
import { errorReason } from './error-reason.ts';
import { HttpError } from './http-error.ts';
import { isRateLimit, rateLimitWaitMs } from './rate-limit-wait.ts';

export interface AnswerHead {
  status: number;
  headers: Record<string, string>;
}

/** Whether a response may stand behind this status. 206 is a part that nobody asked for. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206;
}

/** The error for any other status; `text` is the beginning of what came with it. */
export function statusError(head: AnswerHead, text: string, now: Date): HttpError {
  const { status } = head;
  const reason = errorReason(text);
  const rateLimited = isRateLimit(head, text);
  const remedy = remedyFor(rateLimited ? 429 : status);
  return new HttpError(`${status}${reason && `: ${reason}`}${remedy && `; ${remedy}`}`, {
    status,
    retryable: rateLimited || isRetryable(status),
    retryAfterMs: rateLimitWaitMs(head, { text, now, limited: rateLimited }),
    rateLimited,
    refreshToken: !rateLimited && (status === 401 || status === 403),
  });
}

export function isRetryable(status: number): boolean {
  return status >= 500 || status === 206 || [408, 425, 429].includes(status);
}

function remedyFor(status: number): string {
  if (status === 401) return 'set the secret of client.auth anew with `catchwater secret set`';
  if (status === 403) {
    return 'is the secret of client.auth right, is it allowed this, and does client.headers name you in User-Agent?';
  }
  if (status === 404 || status === 410) return 'check base_url, path and for_each';
  if (status === 429) return 'ask less often (every) or for less at once (concurrency, api_budget)';
  if (status >= 400 && status < 500) return 'check path and params';
  if (status < 400) return 'no usable answer to this request';
  return '';
}

/** Types that say nothing of what is in a file, or only how it is packed. */
const anyData = /^$|\/(octet-stream|gzip|x-gzip|zip|x-zip-compressed|x-brotli)$/;
const dataTypes = {
  json: /json/,
  ndjson: /json|jsonl|^text\/plain$/,
  csv: /csv|^text\/plain$|tab-separated|ms-excel$/,
};
const names = { json: 'JSON', ndjson: 'NDJSON', csv: 'CSV' };

/** Without its parameters, in lower case; empty when none is named. */
export function mediaType(headers: Record<string, string>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

export function isDataType(
  { headers }: Pick<AnswerHead, 'headers'>,
  format: ResponseFormat['format'],
): boolean {
  const type = mediaType(headers);
  return anyData.test(type) || dataTypes[format].test(type);
}

/** Throws for a body of another type: a page that says why, or data under a wrong name. */
export function checkContentType(head: AnswerHead, text: string, format: ResponseFormat['format']): void {
  if (isDataType(head, format)) return;
  const { status } = head;
  const type = mediaType(head.headers);
  const reason = errorReason(text);
  const what = `${status} with ${type} instead of ${names[format]}`;
  const remedy = `if the API sends its data so, add the response filter {status: ${status}, content_type: ${type}, action: success}`;
  throw new HttpError(`${what}${reason && `: ${reason}`}; ${remedy}`, {
    status,
    retryable: true,
    unquoted: `${what}; ${remedy}`,
  });
}
