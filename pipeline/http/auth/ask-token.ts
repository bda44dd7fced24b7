import { followRedirects } from '../follow-redirects.ts';
import { HttpError } from '../http-error.ts';
import { isSuccess } from '../judge-status.ts';
import { readBeginning } from '../../body/read-beginning.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { SecretMask } from '../secret-mask.ts';
import { connectionError, type HttpRequest, type Send } from '../send-request.ts';
import { readToken, type ReadToken, type TokenPlaces } from './read-token.ts';
import { tokenError, TokenRefusal } from './token-refusal.ts';

export interface AskDeps {
  send: Send;
  mask: SecretMask;
  now: () => Date;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The largest tokens have a few kilobytes. */
const maxBytes = 64 * 1024;

/** Sends a request for a token. Errors never show what was sent, nor what a good answer says. */
export async function askToken(request: HttpRequest, places: TokenPlaces, deps: AskDeps): Promise<ReadToken> {
  const limits = [AbortSignal.timeout(deps.timeoutMs), ...(deps.signal ? [deps.signal] : [])];
  // The lifetime is counted from before the request: the answer may have been on its way for long.
  const askedAt = deps.now().getTime();
  try {
    const answer = await followRedirects(deps.send)(request, AbortSignal.any(limits));
    const text = await readBeginning(answer, maxBytes);
    if (isSuccess(answer.status)) return readToken(text, places, askedAt);
    throw tokenError({ ...answer, text, retryAfterMs: retryAfterMs(answer.headers, deps.now()) });
  } catch (error) {
    if (deps.signal?.aborted) throw error;
    throw explain(connectionError(error, deps.timeoutMs), request, deps.mask);
  }
}

/**
 * The same error, with where the token was asked for: host and path, as a query may be secret. Without a status where it
 * could be taken for one of the data's own: 404 to those may mean "none", and 401 that another token is wanted.
 */
function explain(error: HttpError, { method, url }: HttpRequest, mask: SecretMask): HttpError {
  const { retryable, retryAfterMs: wait } = error;
  const message = mask.mask(`no token from ${method} ${url.origin}${url.pathname}: ${error.message}`);
  const cause = error.cause === undefined ? {} : { cause: mask.maskError(error.cause) };
  if (error instanceof TokenRefusal) return new TokenRefusal(message, cause);
  const status = retryable ? error.status : undefined;
  return new HttpError(message, { ...cause, retryable, retryAfterMs: wait, status });
}
