const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durations = /(\d+(?:\.\d+)?)\s*(ms|millisecond|s|sec|second|m|min|minute|h|hr|hour|d|day)s?(?![a-z])/gi;
const oneDuration = new RegExp(durations.source, 'i');

/** `30 seconds`, `1m12.5s`, `6ms`; undefined: no time is named. */
export function readDuration(text: string): number | undefined {
  if (!oneDuration.test(text)) return undefined;
  return Math.ceil(
    [...text.matchAll(durations)].reduce((sum, [, count, unit]) => sum + Number(count) * unitMs(unit), 0),
  );
}

function unitMs(unit = 's'): number {
  const name = unit.toLowerCase();
  return units[name.startsWith('ms') || name.startsWith('milli') ? 'ms' : name.charAt(0)] ?? 0;
}

/**
 * Milliseconds until a limit is lifted, from what a header says: seconds from now, seconds or milliseconds since 1970,
 * an ISO or HTTP date, or `1m30s`. `now`: by the API's clock.
 */
export function readReset(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return readNumber(Number(text), now);
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/i.test(text)) return readDuration(text);
  const until = /^(\d{4}-|[A-Za-z]{3})/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}

/** A count of seconds that would be thirty years is a time since 1970. */
function readNumber(number: number, now: number): number {
  if (number >= 1e12) return Math.max(0, Math.ceil(number - now));
  if (number >= 1e9) return Math.max(0, Math.ceil(number * 1_000 - now));
  return Math.ceil(number * 1_000);
}

/** The API's clock where it tells it, or one that is wrong here would change the wait. */
export function theirClock(headers: Record<string, string>, now: Date): number {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? now.getTime() : date;
}
