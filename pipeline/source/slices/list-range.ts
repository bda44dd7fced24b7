/** `range` of a variable of `for_each`: whole numbers, or dates. */
import { isZeroSpan, parseSpan } from '../duration.ts';
import { reportBelow, type Report } from '../report.ts';
import type { ForEachVariable } from '../schema/source-schema.ts';
import type { Span } from '../source.ts';

export const mostSlices = 100_000;

type Range = NonNullable<ForEachVariable['range']>;

/** From the first to the last; undefined after a report, whose paths start at `range`. */
export function listRange(range: Range, report: Report): (number | string)[] | undefined {
  const { from, to, step } = range;
  const at = (key: keyof Range): Report => reportBelow(report, [key]);
  if (typeof from === 'number') {
    if (typeof to !== 'number') return refuse(at('to'), `'${to}': from a number, a range leads to a number`);
    const whole = readWhole({ from, to, step: step ?? 1 }, report);
    return whole && listNumbers(whole, report);
  }
  const first = readDate(from, at('from'));
  if (first === undefined) return undefined;
  if (typeof to === 'number') return refuse(at('to'), `${to}: from a date, a range leads to a date`);
  const last = readDate(to, at('to'));
  const length = readStep(step, at('step'));
  if (last === undefined || length === undefined) return undefined;
  if (first > last) return refuse(at('to'), `the range ends (${to}) before it begins (${from})`);
  return listDates({ first, last, length }, report);
}

function readWhole(
  range: { from: number; to: number; step: number | string },
  report: Report,
): { from: number; to: number; step: number } | undefined {
  const { from, to, step } = range;
  for (const [key, value] of Object.entries(range)) {
    if (!Number.isSafeInteger(value))
      return refuse(reportBelow(report, [key]), `${value}: a range of numbers is made of whole numbers`);
  }
  if (typeof step !== 'number' || step < 1)
    return refuse(reportBelow(report, ['step']), `${step}: a step is 1 or more`);
  if (from > to)
    return refuse(reportBelow(report, ['to']), `the range ends (${to}) before it begins (${from})`);
  return { from, to, step };
}

function listNumbers(
  range: { from: number; to: number; step: number },
  report: Report,
): number[] | undefined {
  const count = Math.floor((range.to - range.from) / range.step) + 1;
  if (count > mostSlices) return refuse(report, explainMany(count));
  return Array.from({ length: count }, (_, index) => range.from + index * range.step);
}

function readDate(text: string, report: Report): Date | undefined {
  const date = new Date(`${text}T00:00:00Z`);
  if (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString().startsWith(text)
  )
    return date;
  return refuse(report, `'${text}' is no date, such as 2024-01-31`);
}

function readStep(step: number | string | undefined, report: Report): Span | undefined {
  const span = parseSpan(typeof step === 'number' ? '' : (step ?? 'P1D'));
  if (span && span.ms === 0 && !isZeroSpan(span)) return span;
  return refuse(
    report,
    `'${step}': from date to date, a step is whole days, weeks or months, such as P1D or P1M`,
  );
}

/** The n-th is counted from the first: after the 31st of January comes the last of February, then the 31st of March. */
function listDates(
  { first, last, length }: { first: Date; last: Date; length: Span },
  report: Report,
): string[] | undefined {
  const dates: string[] = [];
  for (let index = 0; ; index++) {
    const date = addSpan(first, length, index);
    if (date > last) return dates;
    if (index === mostSlices) return refuse(report, explainMany(undefined));
    dates.push(date.toISOString().slice(0, 10));
  }
}

function addSpan(start: Date, { months, days }: Span, times: number): Date {
  const month = start.getUTCMonth() + months * times;
  const lastOfMonth = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(start.getUTCDate(), lastOfMonth);
  return new Date(Date.UTC(start.getUTCFullYear(), month, day + days * times));
}

export function explainMany(count: number | undefined): string {
  const most = mostSlices.toLocaleString('en');
  const found = count === undefined ? `more than ${most}` : count.toLocaleString('en');
  return `${found} elements: for_each takes at most ${most}; longer spans are windows (incremental.step), longer lists more sources`;
}

function refuse(report: Report, message: string): undefined {
  report([], message);
  return undefined;
}
