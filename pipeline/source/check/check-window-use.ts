/** Something of a window reaches the API, or filters here; and where it ends, it is known how. */
import type { Report } from '../report.ts';
import type { IncrementalPart, ResourcePart } from '../schema/source-schema.ts';
import { placeholdersIn, requestPlaceholders } from './placeholders-in.ts';

const bothEnds = '{incremental.start_value} and {incremental.end_value}';

/** Reports start at `incremental`. */
export function checkWindowUse(
  incremental: IncrementalPart,
  resource: Partial<ResourcePart>,
  report: Report,
): void {
  const { step, bounds, client_side: clientSide } = incremental;
  const { endpoint, shape, every } = resource;
  const placeholders = endpoint ? requestPlaceholders(endpoint) : [];
  const sent = new Set(
    placeholders.flatMap(({ variable, field }) => (variable === 'incremental' ? [field] : [])),
  );
  const isWindow = sent.has('start_value') || sent.has('end_value');
  if (endpoint && step !== undefined && !isWindow)
    report(['step'], `windows that are not sent are all the same request: put ${bothEnds} into it`, {
      on: 'key',
    });
  else if (endpoint && sent.size === 0 && !clientSide)
    report(
      [],
      'nothing of it is sent: put {incremental.start_value} into the request; where the API cannot filter, client_side: true',
    );
  const hasEnd = step !== undefined || sent.has('end_value');
  if (hasEnd && bounds === undefined) {
    const why = step === undefined ? 'the end is sent' : 'there are windows';
    report(
      [],
      `what does the API make of start and end? Where ${why}, bounds says it: half_open [start, end), inclusive [start, end] or exclusive_start (start, end]`,
    );
  }
  if (incremental.cursor_path === undefined) checkWithoutPath(incremental, resource, hasEnd, report);
  if (clientSide && (shape === 'object' || shape === 'map'))
    report(['client_side'], `records are left out of a list, and this is shape: ${shape}`, { on: 'key' });
  else if (incremental.on_cursor_value_missing === 'exclude' && shape === 'object')
    report(
      ['on_cursor_value_missing'],
      'records are left out of a list, and this is shape: object: write raise or include',
    );
  if (every === 'once' && incremental.end_value === undefined)
    report([], "a resource that is fetched once has no next window: give an end_value, or another 'every'");
}

/** What cannot be without a cursor in the records. */
function checkWithoutPath(
  incremental: IncrementalPart,
  resource: Partial<ResourcePart>,
  hasEnd: boolean,
  report: Report,
): void {
  if (!hasEnd && incremental.cursor_type === 'time')
    return report(
      [],
      'where is the cursor in a record? cursor_path ($.updated_at) says it, unless {incremental.end_value} is sent',
    );
  const defaults = { client_side: false, row_order: 'none', on_cursor_value_missing: 'raise' } as const;
  for (const key of ['client_side', 'row_order', 'on_cursor_value_missing'] as const) {
    if (incremental[key] !== defaults[key]) report([key], `'${key}' needs a cursor_path`, { on: 'key' });
  }
  const last = placeholdersIn(resource).find(
    ({ variable, field }) => variable === 'incremental' && field === 'last_value',
  );
  if (last)
    report([], '{incremental.last_value} is the largest cursor seen: cursor_path says where it stands');
}
