import { bytes, count } from '../figures.ts';
import { formatTable } from '../format-table.ts';
import { describeReceipt } from '../status/describe-receipt.ts';
import { shorten } from '../status/shorten.ts';
import { spellSpan, spellTime } from '../status/spell-time.ts';
import type { FetchRun, LoadRun, Run } from './list-runs.ts';

/** One line for each. */
export function describeRuns(runs: readonly Run[]): string {
  return formatTable(
    runs.map((run) => ({
      at: spellTime(run.at),
      run: run.id,
      state: run.state,
      took: spellTook(run.kind === 'fetch' ? run.startedAt : run.at, run.endedAt),
      what: run.kind === 'fetch' ? describeFetched(run) : describeLoaded(run),
    })),
  );
}

/** Empty while it goes on. */
export function spellTook(from: string, to: string | undefined): string {
  return to === undefined ? '' : spellSpan(Math.max(0, Date.parse(to) - Date.parse(from)));
}

export function describeFetched(run: FetchRun): string {
  const { requests, responses, unchanged, attempt, skipped, behind, reason, error } = run;
  return [
    `${count(requests, 'request')}, ${count(responses, 'response')}${unchanged > 0 ? ` (${unchanged.toLocaleString('en')} unchanged)` : ''}, ${bytes(run.bytes)}`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(skipped > 0 ? [`${count(skipped, 'slice')} left out`] : []),
    ...(behind > 0 ? [`${count(behind, 'slice')} not up to now`] : []),
    ...(reason === undefined ? [] : [shorten(reason)]),
    ...(error === undefined ? [] : [shorten(error)]),
  ].join(' · ');
}

function describeLoaded({ objects, bytes: size, tables, receipt, error }: LoadRun): string {
  const into = tables === undefined || tables.length === 0 ? '' : ` → ${tables.join(', ')}`;
  return [
    `${count(objects, 'object')}, ${bytes(size)}${into}`,
    ...(error === undefined ? (receipt ? [describeReceipt(receipt)] : []) : [shorten(error)]),
  ].join(' · ');
}
