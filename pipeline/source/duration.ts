/** ISO 8601 durations: those whose length never changes, and spans, which may count months and days of the calendar. */
import type { Span } from './source.ts';

const clock = String.raw`(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7}(?:\.\d{1,3})?)S)?)?`;

/** Weeks, days (of 24 hours), hours, minutes, seconds. */
export const durationPattern = new RegExp(String.raw`^P(?=.)(?:(\d{1,4})W|(?:(\d{1,4})D)?${clock})$`);
/** Years and months too. */
export const spanPattern = new RegExp(
  String.raw`^P(?=.)(?:(\d{1,4})W|(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?${clock})$`,
);

const second = 1000;
const lengths = [7 * 86_400 * second, 86_400 * second, 3600 * second, 60 * second, second];

/** Milliseconds; undefined for a text that is no such duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  return lengths.reduce((sum, length, unit) => sum + Math.round(Number(match[unit + 1] ?? 0) * length), 0);
}

/** Months and days as the calendar has them, the rest as milliseconds; undefined for a text that is no such span. */
export function parseSpan(text: string): Span | undefined {
  const match = spanPattern.exec(text);
  if (!match) return undefined;
  const [weeks = 0, years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return {
    months: years * 12 + months,
    days: weeks * 7 + days,
    ms: Math.round((hours * 3600 + minutes * 60 + seconds) * second),
  };
}

export function isZeroSpan({ months, days, ms }: Span): boolean {
  return months === 0 && days === 0 && ms === 0;
}

/** Why a text is no duration, and what to write. */
export function explainDuration(text: string): string {
  if (/^P\d+[YM]/.test(text)) return `'${text}': months and years differ in length; write days, such as P30D`;
  return `'${text}' is no ISO 8601 duration: write PT30S, PT15M, PT1H or P1D`;
}

/** Why a text is no span, and what to write. */
export function explainSpan(text: string): string {
  return `'${text}' is no ISO 8601 duration: write PT1H, P1D, P1W or P1M`;
}
