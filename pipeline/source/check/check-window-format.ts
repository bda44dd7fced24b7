import { explainTimeFormat } from '../../incremental/format-time.ts';
import { compileIncremental } from '../compile/compile-incremental.ts';
import { parseDuration } from '../duration.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Report } from '../report.ts';
import type { IncrementalPart } from '../schema/source-schema.ts';

const day = 86_400_000;

/** How times stand in requests, and how fine they are; reports start at `incremental`. */
export function checkWindowFormat(incremental: IncrementalPart, report: Report): void {
  const { format, granularity, cursor_unit: unit } = incremental;
  const fault = format === undefined ? undefined : explainTimeFormat(format);
  if (fault !== undefined)
    return report(['format'], `${fault}${didYouMean(format ?? '', ['iso', 'date', 's', 'ms'])}`);
  if (format === undefined && unit !== 'iso') {
    const message = `records count ${unit} since 1970, and requests would say it in ISO 8601: which does the API want? format: iso or format: ${unit} says it`;
    report(['cursor_unit'], message, { severity: 'warning' });
  }
  if (typeof granularity === 'number') {
    const message = `${granularity}: the cursor is a time, and so is what the API can tell apart: PT1S, P1D`;
    return report(['granularity'], message);
  }
  const finest = compileIncremental(incremental).granularity;
  if (finest <= 0) return report(['granularity'], `'${granularity}': the smallest difference is not nothing`);
  checkLengths(incremental, finest, report);
}

function checkLengths(incremental: IncrementalPart, finest: number, report: Report): void {
  const { step, delay, api_retention: retention } = incremental;
  const length = step === undefined ? 0 : (parseDuration(step) ?? 0);
  if (length % finest !== 0) {
    const unit = finest === day ? 'whole days' : `multiples of ${finest / 1000} s`;
    report(
      ['step'],
      `'${step}': the API can tell apart ${unit} (granularity); such windows would overlap, or leave something out`,
    );
  }
  if (retention !== undefined && (parseDuration(retention) ?? 0) <= (parseDuration(delay) ?? 0))
    report(
      ['api_retention'],
      `'${retention}': what is asked for after a delay of ${delay} would be gone already`,
    );
}
