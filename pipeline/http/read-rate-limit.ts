import { readReset, theirClock } from './read-reset.ts';

/** What an answer says of the calls that are left. */
export interface RateLimitFacts {
  remaining?: number;
  /** Until then, by our own clock. */
  resetAt?: Date;
}

interface HeaderNames {
  remaining_header?: string;
  reset_header?: string;
}

type Headers = Record<string, string>;

const remainingNames = ['x-ratelimit-remaining', 'x-rate-limit-remaining', 'ratelimit-remaining'];
const resetNames = ['x-ratelimit-reset', 'x-rate-limit-reset', 'ratelimit-reset', 'x-ratelimit-reset-after'];

/** By the headers that the budget names, else by those that most APIs use; empty: nothing is said. */
export function readRateLimit(headers: Headers, now: Date, names: HeaderNames = {}): RateLimitFacts {
  const structured = fromRateLimitHeader(headers['ratelimit'] ?? '');
  const remaining = firstOf(headers, names.remaining_header, remainingNames);
  const reset = firstOf(headers, names.reset_header, resetNames);
  const left =
    remaining !== undefined && /^\d+(\.\d+)?$/.test(remaining) ? Number(remaining) : structured?.remaining;
  const waitMs = reset === undefined ? structured?.waitMs : readReset(reset, theirClock(headers, now));
  return {
    ...(left !== undefined && { remaining: left }),
    ...(waitMs !== undefined && { resetAt: new Date(now.getTime() + waitMs) }),
  };
}

function firstOf(headers: Headers, own: string | undefined, usual: string[]): string | undefined {
  const names = own === undefined ? usual : [own.toLowerCase()];
  const name = names.find((one) => headers[one] !== undefined);
  return name === undefined ? undefined : headers[name]?.trim();
}

/**
 * The drafts of the IETF: `limit=100, remaining=0, reset=50`, later `"minute";r=0;t=50, "day";r=90;t=5000`. Of several
 * the one that has least left; of equal ones that which lasts longest.
 */
function fromRateLimitHeader(header: string): { remaining: number; waitMs: number } | undefined {
  const parts = /\bremaining=/.test(header) ? [header] : header.split(',');
  return parts
    .flatMap((part) => {
      const remaining = /\b(?:r|remaining)=(\d+)/.exec(part)?.[1];
      const seconds = /\b(?:t|reset)=(\d+)/.exec(part)?.[1];
      return remaining === undefined
        ? []
        : [{ remaining: Number(remaining), waitMs: Number(seconds ?? 0) * 1_000 }];
    })
    .toSorted((a, b) => a.remaining - b.remaining || b.waitMs - a.waitMs)[0];
}
