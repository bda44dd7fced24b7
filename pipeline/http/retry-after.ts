import { theirClock } from './read-reset.ts';

/**
 * How long the API asks to wait, milliseconds from now: seconds or an HTTP date. A date is compared with the API's own
 * clock where it tells it, or a clock that is wrong here would change the wait. Undefined when it asks for nothing.
 */
export function retryAfterMs(headers: Record<string, string>, now: Date): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const until = Date.parse(value);
  // Date.parse takes much that is no date ("-1" is a year): a date of HTTP names its day and month.
  if (!/^[A-Za-z]{3}/.test(value) || Number.isNaN(until)) return undefined;
  return Math.max(0, until - theirClock(headers, now));
}
