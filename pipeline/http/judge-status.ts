import { errorReason } from './error-reason.ts';
import { HttpError } from './http-error.ts';
import { retryAfterMs } from './retry-after.ts';

export interface AnswerHead {
  status: number;
  headers: Record<string, string>;
}

/** Whether a response may stand behind this status. 206 is a part that nobody asked for. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206;
}

/** The error for any other status; `body` is the beginning of the text that came with it. */
export function statusError({ status, headers }: AnswerHead, body: string, now: Date): HttpError {
  const wait = retryAfterMs(headers, now);
  const reason = errorReason(body);
  const remedy = remedyFor(status);
  const message = `${status}${reason && `: ${reason}`}${remedy && `; ${remedy}`}`;
  return new HttpError(message, { status, retryable: isRetryable(status, wait), retryAfterMs: wait });
}

/** Some APIs (GitHub) say 403 for a rate limit: with a time to wait, it is meant to be asked again. */
function isRetryable(status: number, wait: number | undefined): boolean {
  if (status === 403) return wait !== undefined;
  return status >= 500 || status === 206 || [408, 425, 429].includes(status);
}

function remedyFor(status: number): string {
  if (status === 401) return 'set the secret of client.auth anew with `catchwater secret set`';
  if (status === 403) {
    return 'is the secret of client.auth right, is it allowed this, and does client.headers name you in User-Agent?';
  }
  if (status === 404 || status === 410) return 'check base_url, path and for_each';
  if (status === 429) return 'ask less often (every) or for less at once (concurrency)';
  if (status >= 400 && status < 500) return 'check path and params';
  if (status < 400) return 'no usable answer to this request';
  return '';
}

/** Throws for a type that is not JSON. Some hosts call any file octet-stream, which says nothing. */
export function checkContentType({ status, headers }: AnswerHead, body: string): void {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type.includes('json') || type.endsWith('/octet-stream')) return;
  const reason = errorReason(body);
  throw new HttpError(`${status} with ${type} instead of JSON${reason && `: ${reason}`}`, {
    status,
    retryable: true,
  });
}
