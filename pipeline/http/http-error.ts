import { ResponseError } from '../errors.ts';

interface HttpErrorOptions {
  cause?: unknown;
  retryable: boolean;
  retryAfterMs?: number | undefined;
  status?: number | undefined;
  rateLimited?: boolean | undefined;
  refreshToken?: boolean | undefined;
  pause?: boolean | undefined;
  unquoted?: string | undefined;
}

/** A request that gave nothing that may land. Without `status` no answer arrived. */
export class HttpError extends ResponseError {
  override name = 'HttpError';
  status?: number;
  /** Too many requests, in whatever words: others wait too. */
  rateLimited?: true;
  /** The key or token was turned down: another one may do better. */
  refreshToken?: true;
  /** Nothing is wrong but the time: stop here, go on later from the same place, `retryAfterMs` from now at the earliest. */
  pause?: true;
  /** The message without a word of a body that may hold data; absent where it has none. */
  unquoted?: string;

  constructor(message: string, options: HttpErrorOptions) {
    const { status, retryAfterMs, rateLimited, refreshToken, pause, unquoted, ...base } = options;
    super(message, { ...base, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    if (status !== undefined) this.status = status;
    if (rateLimited) this.rateLimited = true;
    if (refreshToken) this.refreshToken = true;
    if (pause) this.pause = true;
    if (unquoted !== undefined) this.unquoted = unquoted;
  }

  /** The same error in other words, which are all that is told of it: with the request at fault, without secrets. */
  restate(message: string, change: Partial<HttpErrorOptions> = {}): HttpError {
    const { cause, retryable, retryAfterMs, status, rateLimited, refreshToken, pause } = this;
    const known = { cause, retryable, retryAfterMs, status, rateLimited, refreshToken, pause };
    return new HttpError(message, { ...known, ...change });
  }
}
