import { isZeroSpan, parseSpan } from '../duration.ts';
import type { Report } from '../report.ts';
import type { IncrementalPart, ResourcePart } from '../schema/source-schema.ts';
import { checkCursorValues } from './check-cursor-values.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkWindowFormat } from './check-window-format.ts';
import { checkWindowUse } from './check-window-use.ts';

/** Reports start at `incremental`. */
export function checkIncremental(
  incremental: IncrementalPart,
  resource: Partial<ResourcePart>,
  report: Report,
): void {
  const { cursor_path: path, cursor_type: type, step } = incremental;
  const steps = path === undefined ? undefined : checkJsonPath(path, ['cursor_path'], report);
  if (steps?.length === 0) report(['cursor_path'], 'a field of the record is needed, such as $.updated_at');
  checkWindowUse(incremental, resource, report);
  checkCursorValues(incremental, report);
  if (type === 'time') checkWindowFormat(incremental, report);
  else refuseTimes(incremental, report);
  if (step !== undefined && isZeroSpan(parseSpan(step) ?? { months: 0, days: 0, ms: 0 }))
    report(['step'], `'${step}': a window has a length`);
  if (resource.primary_key !== undefined) return;
  const message =
    'records that come again (at the edge of a window, after a fetch that failed) are kept twice: add a primary_key';
  report([], message, { severity: 'warning', on: 'key' });
}

/** What means something only where the cursor is a time. */
function refuseTimes(incremental: IncrementalPart, report: Report): void {
  const { cursor_type: type, cursor_path: path, cursor_unit: unit, delay } = incremental;
  const named = (['step', 'api_retention', 'format'] as const).filter(
    (key) => incremental[key] !== undefined,
  );
  const set = [...named, ...(unit === 'iso' ? [] : ['cursor_unit']), ...(delay === 'PT0S' ? [] : ['delay'])];
  for (const key of set) report([key], `'${key}' is for times, and this cursor is a ${type}`, { on: 'key' });
  if (path === undefined)
    report([], `a ${type} has no now: cursor_path ($.id) says where the next one to ask for is found`);
}
