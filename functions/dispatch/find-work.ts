import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import { readLoad } from '../../pipeline/ledger/load.ts';
import { confirmPending, findPending } from '../../pipeline/ledger/objects.ts';
import { admitTable } from '../../pipeline/ledger/tables.ts';
import { bytesOf } from '../../pipeline/manifest.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { takeSuspects } from './choose-objects.ts';
import { chooseWork, type Choice, type OpenWork } from './choose-work.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** Pending objects that are looked at for one load, and suspects as many. */
const mostObjects = 50_000;

/** Resource → its table, and its child tables. */
export type TablesOf = Map<string, TableSpec[]>;

interface Work {
  /** None where nothing is due. Its objects are pending in the table itself, not only in the index. */
  choice?: Choice;
  /** Table → its folder in the curated bucket, of every table that the objects feed. */
  folders: Map<string, string>;
  /** Tables whose source has changed in a way that their files do not allow; the others go on. */
  refusals: string[];
}

/** What the next load takes. The index says whether to look; what is taken is what the table says. */
export async function findWork(
  tables: TablesOf,
  scene: Pick<OpenWork, 'lease' | 'sweeps'>,
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
    const time = now();
    const known = { ...scene, isDue: isDue(objects, settings, time), now: time };
    const seen = chooseWork({ ...known, pending: objects });
    if (!seen) return { folders, refusals: [...refusals.values()] };

    let refused = false;
    for (const resource of new Set(objects.map((object) => object.resource))) {
      const refusal = await admitTables(tables.get(resource) ?? [], folders, ledger);
      if (refusal === undefined) continue;
      refusals.set(resource, refusal);
      refused = true;
    }
    if (refused) continue;
    // While loads die the index may be behind with what has died over what: then all of it is asked for.
    const isCalm = scene.lease.dead_loads.length === 0 && !seen.isRetry && !seen.passesBy;
    const pending = await confirmPending(ledger, isCalm ? seen.objects : objects);
    const choice = chooseWork({ ...known, pending });
    return {
      ...(choice && { choice: await narrow(choice, ledger) }),
      folders,
      refusals: [...refusals.values()],
    };
  }
}

/** Of suspects that have died together twice: half. */
async function narrow(choice: Choice, ledger: DispatchDeps['ledger']): Promise<Choice> {
  const { suspects } = choice;
  if (!suspects) return choice;
  const died = await readLoad(ledger, suspects.failedIn ?? '');
  return { ...choice, objects: takeSuspects(suspects, died?.objects ?? suspects.objects.length) };
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

/** Suspects have waited before. */
function isDue(objects: readonly ObjectItem[], settings: DispatchSettings, now: Date): boolean {
  const fresh = objects.filter(({ failed_in }) => failed_in === undefined);
  if (fresh.length === 0) return false;
  if (bytesOf(fresh) >= settings.batchBytes) return true;
  const dueSince = new Date(now.getTime() - settings.batchWindowMs).toISOString();
  return fresh.some((object) => object.registered_at <= dueSince);
}
