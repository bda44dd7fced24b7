import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import { findPending } from '../../pipeline/ledger/objects.ts';
import { admitTable } from '../../pipeline/ledger/tables.ts';
import { bytesOf } from '../../pipeline/manifest.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** What one load takes at most: a run of minutes, not of hours; what is left over starts the next load at once. */
const mostObjects = 50_000;
const mostBytes = 10 * 1024 ** 3;

/** Resource → its table, and its child tables. */
export type TablesOf = Map<string, TableSpec[]>;

interface Work {
  objects: ObjectItem[];
  /** Table → its folder in the curated bucket, of every table that the objects feed. */
  folders: Map<string, string>;
  /** Tables whose source has changed in a way that their files do not allow; the others go on. */
  refusals: string[];
}

/** The objects for the next load, as the index shows them; none while they are neither old nor big enough. */
export async function findWork(
  tables: TablesOf,
  settings: DispatchSettings,
  { ledger, now, log }: Pick<DispatchDeps, 'ledger' | 'now' | 'log'>,
): Promise<Work> {
  const refusals = new Map<string, string>();
  const folders = new Map<string, string>();
  for (;;) {
    const resources = new Set([...tables.keys()].filter((name) => !refusals.has(name)));
    const { objects, strangers } = await findPending(ledger, { resources, limit: mostObjects });
    const unknown = strangers.filter((name) => !tables.has(name));
    if (unknown.length > 0) log('objects without a resource', { resources: unknown }, 'WARN');
    if (!isDue(objects, settings, now())) {
      return { objects: [], folders, refusals: [...refusals.values()] };
    }

    let refused = false;
    for (const resource of new Set(objects.map((object) => object.resource))) {
      const refusal = await admitTables(tables.get(resource) ?? [], folders, ledger);
      if (refusal === undefined) continue;
      refusals.set(resource, refusal);
      refused = true;
    }
    if (!refused) return { objects: takeOldest(objects), folders, refusals: [...refusals.values()] };
  }
}

/** One table that may not be loaded keeps the resource waiting: its objects are done for all of its tables, or none. */
async function admitTables(
  specs: readonly TableSpec[],
  folders: Map<string, string>,
  ledger: DispatchDeps['ledger'],
): Promise<string | undefined> {
  for (const spec of specs) {
    const admission = await admitTable(ledger, spec);
    if (admission.refusal !== undefined) return admission.refusal;
    folders.set(spec.name, admission.folder);
  }
  return undefined;
}

function isDue(objects: readonly ObjectItem[], settings: DispatchSettings, now: Date): boolean {
  if (objects.length === 0) return false;
  if (bytesOf(objects) >= settings.batchBytes) return true;
  const dueSince = new Date(now.getTime() - settings.batchWindowMs).toISOString();
  return objects.some((object) => object.registered_at <= dueSince);
}

/** The place where a later rule takes less: halves of the objects of a dead load, or one that killed it alone. */
function takeOldest(objects: readonly ObjectItem[]): ObjectItem[] {
  const oldestFirst = objects.toSorted(
    (a, b) => compare(a.registered_at, b.registered_at) || compare(a.key, b.key),
  );
  let bytes = 0;
  const taken = oldestFirst.findIndex((object, index) => {
    bytes += object.bytes;
    return index > 0 && bytes > mostBytes;
  });
  return taken === -1 ? oldestFirst : oldestFirst.slice(0, taken);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
