/**
 * The mark of a table: rows that were fetched before it no longer count, because a complete listing that began then does
 * not have them. First the files are swept (`sweep`), by a load; its commit makes it the table's mark, which every later
 * load applies to what comes in late. Marks only rise.
 */
import type { TableMark } from '../manifest.ts';
import type { TableSpec } from '../table/table-spec.ts';
import type { TableItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { changeTable } from './tables.ts';

/** What a load of this table is to apply; undefined while there is no mark. */
export function markOf({ mark, sweep }: TableItem): TableMark | undefined {
  if (sweep !== undefined && isLater(sweep, mark)) return { at: sweep, sweep: true };
  return mark === undefined ? undefined : { at: mark };
}

/** The files are to be swept up to this time; nothing changes when that is done, or asked for, already. */
export async function requestSweep(ledger: Ledger, spec: TableSpec, at: string): Promise<void> {
  await changeTable(ledger, spec, (seen) =>
    isLater(at, seen.mark) && isLater(at, seen.sweep) ? { ...seen, sweep: at } : seen,
  );
}

/** A load has swept the files up to this time. Repeated, it changes nothing. */
export async function commitMark(ledger: Ledger, spec: TableSpec, at: string): Promise<void> {
  await changeTable(ledger, spec, (seen) => {
    if (!isLater(at, seen.mark)) return seen;
    const { sweep, sweep_failed_in: _failed, ...rest } = seen;
    return { ...rest, mark: at, ...(sweep !== undefined && isLater(sweep, at) && { sweep }) };
  });
}

/** A load has died over the sweep up to this time: from then on it is tried without anything else. */
export async function suspectSweep(
  ledger: Ledger,
  spec: TableSpec,
  { at, load }: { at: string; load: string },
): Promise<void> {
  await changeTable(ledger, spec, (seen) => {
    const isOver = seen.sweep === undefined || !isLater(at, seen.mark);
    return isOver || !isLater(load, seen.sweep_failed_in) ? seen : { ...seen, sweep_failed_in: load };
  });
}

function isLater(at: string, other: string | undefined): boolean {
  return other === undefined || at > other;
}
