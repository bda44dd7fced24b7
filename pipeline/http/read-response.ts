import { followRedirects } from './follow-redirects.ts';
import { HttpError } from './http-error.ts';
import { judgeBody, type Expectation } from './judge-body.ts';
import { checkContentType, isSuccess, statusError } from './judge-status.ts';
import { readBeginning, readBody } from './read-body.ts';
import type { SecretMask } from './secret-mask.ts';
import type { HttpAnswer, HttpRequest, Send } from './send-request.ts';

/** A response that may land. */
export interface Response {
  status: number;
  headers: Record<string, string>;
  /** When its last byte had arrived. */
  fetchedAt: Date;
  /** The body, without secrets; absent for 204, which says that there is nothing. */
  text?: string;
}

/** The whole text and its parsed form are in memory at once: this keeps four of them below a gigabyte. */
const maxResponseBytes = 32 * 2 ** 20;
/** Enough of an error page to find the reason in it. */
const errorBytes = 64 * 1024;

interface ReadDeps {
  send: Send;
  signal: AbortSignal;
  now: () => Date;
  mask: SecretMask;
  /** Default: `maxResponseBytes`. */
  maxBytes?: number;
}

/** Sends the request once and judges what comes back. Throws an HttpError, or what the connection threw. */
export async function readResponse(
  request: HttpRequest,
  expected: Expectation,
  { send, signal, now, mask, maxBytes = maxResponseBytes }: ReadDeps,
): Promise<Response> {
  const answer = await followRedirects(send)(request, signal);
  const { status, headers } = answer;
  if (!isSuccess(status)) throw statusError(answer, await readBeginning(answer, errorBytes), now());
  if (status === 204) {
    await readBeginning(answer, errorBytes);
    return { status, headers, fetchedAt: now() };
  }
  const body = await readBody(answer, maxBytes);
  const fetchedAt = now();
  const text = mask.maskBody(decode(body, answer));
  checkContentType(answer, text);
  judgeBody(text, status, expected);
  return { status, headers, fetchedAt, text };
}

/** JSON is UTF-8 (RFC 8259), but some hosts say and send another charset. A byte order mark is left out. */
function decode(body: Buffer, { status, headers }: HttpAnswer): string {
  const charset = /charset="?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch (cause) {
    throw new HttpError(`${status}, but the body is not ${charset}`, { cause, status, retryable: true });
  }
}
