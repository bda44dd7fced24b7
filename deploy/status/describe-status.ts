/** One screen: what is fetched, what is loaded, and below what is out of the ordinary. */
import { bytes, count } from '../figures.ts';
import { formatTable } from '../format-table.ts';
import { describeNotes } from './describe-notes.ts';
import { describeReceipt } from './describe-receipt.ts';
import { describeStock } from './describe-stock.ts';
import { describeSuggestion } from './describe-suggestion.ts';
import type { CursorFigures, ResourceStatus } from './resource-status.ts';
import type { LedgerStatus, StackStatus } from './read-status.ts';
import type { TableStatus } from './read-tables.ts';
import { ageOf, spellSpan, spellTime } from './spell-time.ts';

export function describeStatus({ stack, region, readAt, state, source, ledger }: StackStatus): string {
  const {
    Cadence: cadence = '',
    CadenceTimeZone: zone,
    ScheduleState: schedule = 'ENABLED',
  } = state.parameters;
  const head = [
    `${stack} · ${region} · ${state.status}`,
    [cadence, ...(cadence.startsWith('cron') && zone ? [zone] : []), schedule === 'ENABLED' ? '' : schedule]
      .filter(Boolean)
      .join(' · '),
  ];
  if ('error' in source) return [...head, `the deployed source cannot be read: ${source.error}`].join('\n');
  head.push(`source ${state.parameters['SourceKey'] ?? ''}`);
  if ('error' in ledger)
    return [...head, `the ledger ${ledger.table} cannot be read: ${ledger.error}`].join('\n');
  const { resources, tables, loads, rawObjects } = ledger.value;
  const notes = describeNotes(ledger.value, readAt);
  const suggestions = resources.flatMap(({ resource, suggestion }) =>
    suggestion ? [describeSuggestion(resource, suggestion)] : [],
  );
  return [
    head.filter(Boolean).join('\n'),
    formatTable(resources.map((resource) => resourceRow(resource, readAt))),
    formatTable(tables.map((table) => tableRow(table, ledger.value, readAt))),
    ...(loads.last?.receipt ? [`last load: ${describeReceipt(loads.last.receipt)}`] : []),
    ...describeStock(rawObjects, readAt),
    ...(notes.length > 0 ? [notes.join('\n')] : []),
    ...(suggestions.length > 0 ? [suggestions.join('\n')] : []),
  ].join('\n\n');
}

function resourceRow({ resource, committed, cursors, recent, ...status }: ResourceStatus, now: Date) {
  const { requests, responses, unchanged, windows } = recent;
  return {
    resource,
    state: stateOf({ resource, recent, ...(committed && { committed }), ...status }),
    'last window': committed ? spellTime(committed.scheduledAt) : '–',
    age: committed ? spellSpan(ageOf(committed.scheduledAt, now)) : '',
    windows: windows.toLocaleString('en'),
    requests: requests.toLocaleString('en'),
    responses: responses.toLocaleString('en'),
    unchanged: responses > 0 ? `${Math.floor((unchanged / responses) * 100)} %` : '',
    cursor: cursors ? spellCursors(cursors, now) : '',
  };
}

/** The first of these that is so is what matters. */
function stateOf({ paused, failed, fetching, waitsUntil, isDone, committed }: ResourceStatus): string {
  if (failed?.isLast) return paused ? 'failed, goes on' : 'failed';
  if (paused) return 'paused';
  if (fetching) return 'fetching';
  if (waitsUntil !== undefined) return 'waits';
  if (committed?.behind) return 'behind';
  if (isDone) return 'done';
  return committed ? 'ok' : 'new';
}

function tableRow(
  { table, waiting, loaded, generation }: TableStatus,
  { waiting: { isMore } }: LedgerStatus,
  now: Date,
) {
  const { objects, since } = waiting;
  const more = isMore ? 'more than ' : '';
  return {
    table: generation > 1 ? `${table} (generation ${generation})` : table,
    waiting: objects === 0 ? 'nothing' : `${more}${count(objects, 'object')}, ${bytes(waiting.bytes)}`,
    'oldest waits': since === undefined ? '' : spellSpan(ageOf(since, now)),
    'loaded up to': loaded ? spellTime(loaded.scheduledAt) : '–',
    'by load': loaded?.load ?? '',
  };
}

/** The newest; of several slices, how far behind the last of them is. */
function spellCursors({ slices, least, greatest }: CursorFigures, now: Date): string {
  const newest = isTime(greatest)
    ? `${spellTime(greatest)}, ${spellSpan(ageOf(greatest, now))}`
    : String(greatest).slice(0, 30);
  if (slices === 1 || !isTime(least)) return newest;
  return `${newest} (oldest of ${slices.toLocaleString('en')}: ${spellSpan(ageOf(least, now))})`;
}

function isTime(value: string | number): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
}
