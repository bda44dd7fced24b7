import type { Span } from '../source/source.ts';

/**
 * The time `count` spans later; negative: earlier. Months follow the calendar in UTC, and one that is too short ends on its
 * last day (31 January and a month is 28 February). A day in UTC has 24 hours. Counted from one start, not added up, so
 * that the day after a short month is not lost.
 */
export function addSpan(time: number, { months, days, ms }: Span, count = 1): number {
  return addMonths(time, months * count) + (days * 86_400_000 + ms) * count;
}

function addMonths(time: number, months: number): number {
  if (months === 0) return time;
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const dayBegins = Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay));
  return dayBegins + (time - Date.UTC(year, date.getUTCMonth(), date.getUTCDate()));
}
