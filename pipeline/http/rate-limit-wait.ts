import { errorReason } from './error-reason.ts';
import type { AnswerHead } from './judge-status.ts';
import { readRateLimit } from './read-rate-limit.ts';
import { readDuration, theirClock } from './read-reset.ts';
import { retryAfterMs } from './retry-after.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Counters are cleared a little after the full minute, or hour, or midnight in UTC. */
const laterMs = { minute: 5_000, longer: 60_000 };

const limitWords = /rate.?limit|too many (?:concurrent )?requests|request limit|throttl/i;
const againWords = /(?:try|retry|retrying|again|wait|reset|available)\b[^.\d]{0,40}?(\d[^,;]{0,40})/i;

/**
 * Whether an answer turns the request down for its frequency: 429, or a 403 that says so (GitHub). Others that mean it
 * need a response filter.
 */
export function isRateLimit({ status, headers }: AnswerHead, text: string): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    retryAfterMs(headers, new Date(0)) !== undefined ||
    readRateLimit(headers, new Date(0)).remaining === 0 ||
    limitWords.test(errorReason(text))
  );
}

interface Said {
  /** The body, its beginning, or what it says went wrong. */
  text: string;
  now: Date;
  /** Whether it is a rate limit; default: what `isRateLimit` says. */
  limited?: boolean;
}

/**
 * How long to wait before the next try, milliseconds: what `Retry-After` asks for; else until the reset, where nothing
 * remains or nothing is said of it; else what the words say. Undefined: the API asks for nothing.
 */
export function rateLimitWaitMs(head: AnswerHead, { text, now, limited }: Said): number | undefined {
  const { headers } = head;
  const asked = retryAfterMs(headers, now);
  if (asked !== undefined) return asked;
  const isLimited = limited ?? isRateLimit(head, text);
  const { remaining = 0, resetAt } = readRateLimit(headers, now);
  if (isLimited && remaining === 0 && resetAt) return resetAt.getTime() - now.getTime();
  const said = saidMs(errorReason(text), theirClock(headers, now));
  if (said !== undefined) return said;
  // GitHub's own rule for its secondary limits.
  return head.status === 403 && isLimited ? minuteMs : undefined;
}

/** "Please try again in one minute", "… in the next hour", "… tomorrow", "… in 1m30s", "retry after 30 seconds". */
function saidMs(reason: string, now: number): number | undefined {
  if (!/again|retry|wait|reset/i.test(reason)) return undefined;
  if (/\b(?:tomorrow|the next day)\b/i.test(reason)) return untilNext(dayMs, now) + laterMs.longer;
  if (/\b(?:an|one|the next) hour\b/i.test(reason)) return untilNext(hourMs, now) + laterMs.longer;
  if (/\b(?:a|one|the next) minute\b/i.test(reason)) return untilNext(minuteMs, now) + laterMs.minute;
  const words = againWords.exec(reason)?.[1];
  return words === undefined ? undefined : readDuration(words);
}

function untilNext(period: number, now: number): number {
  return period - (now % period);
}
