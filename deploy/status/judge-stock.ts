import { count } from '../figures.ts';
import type { Check } from './check.ts';
import type { StockStatus } from './read-stock.ts';
import { shorten } from './shorten.ts';
import { spellAge } from './spell-time.ts';

export interface StockContext {
  now: Date;
  /** Commands that show more. */
  logs: string;
  markers: string;
}

const about = { group: 'source', name: 'raw' } as const;

/** Whether what was landed is still there: without it a table can neither be loaded nor made anew. */
export function judgeStock(
  { recent, whole, fault }: StockStatus,
  { now, logs, markers }: StockContext,
): Check {
  const [newest] = [recent, whole]
    .filter((taken) => taken !== undefined)
    .toSorted((one, other) => (one.at < other.at ? 1 : -1));
  const taken = [newest, whole].find((each) => each && each.missing + each.hidden > 0) ?? newest;
  const as = taken ? `(${spellAge(taken.at, now)})` : '';
  if (taken && taken.missing > 0) {
    const such = `such as ${taken.keys[0] ?? ''} ${as}`;
    const what = `${count(taken.missing, 'raw object')} gone from the bucket, ${such}`;
    return taken.lost > 0
      ? { ...about, state: 'FAIL', what: `${what}; ${taken.lost} of them no load has had`, fix: logs }
      : { ...about, state: 'WARN', what: `${what}; loaded before, but never again`, fix: logs };
  }
  if (taken && taken.hidden > 0) {
    const what = `${count(taken.hidden, 'raw object')} deleted or overwritten ${as}; the bucket keeps old versions for 30 days`;
    return { ...about, state: 'WARN', what, fix: markers };
  }
  if (fault) {
    const what = `raw objects cannot be compared with the ledger, ${spellAge(fault.at, now)}: ${shorten(fault.error)}`;
    return { ...about, state: 'WARN', what };
  }
  const what = taken
    ? `the bucket holds every raw object that the ledger names ${as}`
    : 'raw objects are not compared with the ledger yet: that begins an hour after the first beat';
  return { ...about, state: 'OK', what };
}
