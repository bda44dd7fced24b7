import { markOf } from '../../pipeline/ledger/marks.ts';
import { admitTable, readTable } from '../../pipeline/ledger/tables.ts';
import type { TableMark } from '../../pipeline/manifest.ts';
import type { DispatchDeps } from './deps.ts';
import { describedTables } from './feed-tables.ts';
import type { TablesOf } from './find-work.ts';

/** What remains to be done of a complete listing: a load is due for it, whatever else there is. */
export interface Sweep {
  table: string;
  at: string;
  folder: string;
  /** The last load that died over it. */
  failedIn?: string;
}

export interface Marks {
  /** What every load of the table applies. */
  marks: Map<string, TableMark>;
  sweeps: Sweep[];
  /** Tables that are to be swept, and may not be loaded as the source now says. */
  refusals: string[];
}

export async function findMarks(tables: TablesOf, { ledger }: Pick<DispatchDeps, 'ledger'>): Promise<Marks> {
  const found: Marks = { marks: new Map(), sweeps: [], refusals: [] };
  for (const spec of describedTables(tables).values()) {
    if (spec.marks !== true) continue;
    const item = await readTable(ledger, spec.name);
    if (!item) continue;
    if (item.mark !== undefined) found.marks.set(spec.name, { at: item.mark });
    const due = markOf(item);
    if (!due?.sweep) continue;
    const { folder, refusal } = await admitTable(ledger, spec);
    if (refusal !== undefined) {
      found.refusals.push(refusal);
      continue;
    }
    const { sweep_failed_in: failedIn } = item;
    found.sweeps.push({ table: spec.name, at: due.at, folder, ...(failedIn !== undefined && { failedIn }) });
  }
  return found;
}

/** The marks that a load applies which makes these sweeps. */
export function withSweeps(marks: Marks['marks'], sweeps: readonly Sweep[]): Marks['marks'] {
  return new Map([...marks, ...sweeps.map(({ table, at }) => [table, { at, sweep: true }] as const)]);
}
