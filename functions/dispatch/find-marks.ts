import { markOf } from '../../pipeline/ledger/marks.ts';
import { admitTable, readTable } from '../../pipeline/ledger/tables.ts';
import type { TableMark } from '../../pipeline/manifest.ts';
import type { DispatchDeps } from './deps.ts';
import { describedTables } from './feed-tables.ts';
import type { TablesOf } from './find-work.ts';

export interface Marks {
  /** By table. One with `sweep` is due, whatever else is: it is what remains to be done of a complete listing. */
  marks: Map<string, TableMark>;
  /** Of the tables that are to be swept. */
  folders: Map<string, string>;
  /** Tables that are to be swept, and may not be loaded as the source now says. */
  refusals: string[];
}

/** The marks that the next load must apply. */
export async function findMarks(tables: TablesOf, { ledger }: Pick<DispatchDeps, 'ledger'>): Promise<Marks> {
  const found: Marks = { marks: new Map(), folders: new Map(), refusals: [] };
  for (const spec of describedTables(tables).values()) {
    if (spec.marks !== true) continue;
    const item = await readTable(ledger, spec.name);
    const mark = item && markOf(item);
    if (mark === undefined) continue;
    if (mark.sweep) {
      const { folder, refusal } = await admitTable(ledger, spec);
      if (refusal !== undefined) {
        found.refusals.push(refusal);
        continue;
      }
      found.folders.set(spec.name, folder);
    }
    found.marks.set(spec.name, mark);
  }
  return found;
}
