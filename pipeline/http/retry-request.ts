import pRetry from 'p-retry';
import { HttpError } from './http-error.ts';

interface RetryOptions {
  /** Tries in all, the first included. */
  maxAttempts: number;
  /** `client.max_waiting_ms`: a longer wait stops here, to go on later. Default: any that the time left allows. */
  maxWaitMs?: number;
  /** Ends waiting, and everything else, with its reason. */
  signal: AbortSignal;
  onRetry: (retry: { attempt: number; waitMs: number; error: HttpError }) => void;
}

interface RetryDeps {
  /** Until the last moment at which a request may still be under way. */
  timeLeftMs: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, as Math.random. */
  random: () => number;
}

/** Below this no request is begun. */
export const shortestTryMs = 1_000;
/** `Retry-After: 0` and a lucky draw must not use up all tries within a moment. */
const shortestWaitMs = 250;
const longestWaitMs = 60_000;
/** Rate limits count by the minute, other faults pass sooner. */
const firstWaitMs = { limited: 5_000, otherwise: 1_000 };

/**
 * Tries until it goes well, the error is not worth it, or tries or time are used up. p-retry counts; the waits are our
 * own: full jitter on top of what the API asks for. A wait longer than `maxWaitMs`, or than the time that is left, is not
 * begun: the error is thrown at once, with `pause`.
 */
export function retryRequest<Result>(
  tryOnce: () => Promise<Result>,
  { maxAttempts, maxWaitMs = Infinity, signal, onRetry }: RetryOptions,
  { timeLeftMs, sleep, random }: RetryDeps,
): Promise<Result> {
  return pRetry(tryOnce, {
    retries: maxAttempts - 1,
    minTimeout: 0,
    signal,
    shouldRetry: async ({ error, attemptNumber }) => {
      if (!(error instanceof HttpError) || !error.retryable) return false;
      if ((error.retryAfterMs ?? 0) > maxWaitMs) throw tooLong(error, maxWaitMs);
      const waitMs = waitBefore(attemptNumber, error, random());
      if (waitMs + shortestTryMs > timeLeftMs()) throw tooLate(error, timeLeftMs());
      onRetry({ attempt: attemptNumber, waitMs, error });
      await sleep(waitMs, signal);
      return true;
    },
  });
}

function waitBefore(attempt: number, error: HttpError, draw: number): number {
  const limited = error.rateLimited ?? error.status === 429;
  const first = limited ? firstWaitMs.limited : firstWaitMs.otherwise;
  const jitter = draw * Math.min(longestWaitMs, first * 2 ** (attempt - 1));
  return Math.round(Math.max(shortestWaitMs, error.retryAfterMs ?? 0) + jitter);
}

function tooLong(error: HttpError, maxWaitMs: number): HttpError {
  return stopped(
    error,
    `the API asks to wait ${seconds(error.retryAfterMs ?? 0)}, client.max_waiting_time is ${seconds(maxWaitMs)}; a later fetch goes on here`,
  );
}

function tooLate(error: HttpError, leftMs: number): HttpError {
  return stopped(
    error,
    error.retryAfterMs === undefined
      ? `no time for another try in the ${seconds(leftMs)} that this fetch has left`
      : `the API asks to wait ${seconds(error.retryAfterMs)}, this fetch has ${seconds(leftMs)} left; a later one will ask again`,
  );
}

function stopped(error: HttpError, why: string): HttpError {
  return error.restate(`${error.message}; ${why}`, { retryable: false, pause: true });
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.floor(ms / 1000))} s`;
}
