import { HttpError } from '../http/http-error.ts';

/** Going on now would take too long: what is whole is kept, the rest is for a later invocation. */
export type FetchStop = HttpError & { pause: true };

export function isStop(error: unknown): error is FetchStop {
  return error instanceof HttpError && error.pause === true;
}

/** Our own limit: nothing is wrong, and nobody needs to be told. */
export class BudgetStop extends HttpError {
  override name = 'BudgetStop';

  constructor(message: string, waitMs: number) {
    super(message, { retryable: false, pause: true, retryAfterMs: waitMs });
  }
}

/**
 * Errors of one slice alone: another slice may go well. A lost connection, a refused key, a rate limit are no matter of a
 * slice.
 */
export function isSliceError(error: unknown): error is HttpError {
  if (!(error instanceof HttpError) || error.pause || error.rateLimited || error.refreshToken) return false;
  if (error.status === 401 || error.status === 403 || error.status === 429) return false;
  return error.status !== undefined || !error.retryable || isTimeout(error.cause);
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}
