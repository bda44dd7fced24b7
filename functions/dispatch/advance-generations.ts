import type { LeaseItem, TableItem } from '../../pipeline/ledger/items.ts';
import { noteRebuilt } from '../../pipeline/ledger/generations.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { openWork } from '../../pipeline/ledger/open-work.ts';
import { countWaiting, reopenObjects } from '../../pipeline/ledger/reload-objects.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { compareStored } from '../../pipeline/table/compare-stored.ts';
import { feedingOf } from '../../pipeline/table/feeding-of.ts';
import { checkGeneration } from './check-generation.ts';
import { countLoads } from './count-loads.ts';
import { deleteRetired } from './delete-retired.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { switchGeneration } from './switch-generation.ts';

/** Takes each generation that is building, and each folder that is retired, as far as it goes now, while no load runs. */
export async function advanceGenerations(
  source: CompiledSource,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const lease = await readLease(deps.ledger);
  if (lease.load !== undefined) return;
  for await (const { name } of openWork<TableItem>(deps.ledger, 'generation')) {
    try {
      await advance(name, { source, lease }, settings, deps);
    } catch (error) {
      // Queries read what they did before: no reason to keep loads from starting.
      deps.log(
        'generation stuck',
        { table: name, error: error instanceof Error ? error.message : String(error) },
        'ERROR',
      );
    }
  }
}

interface Scene {
  source: CompiledSource;
  lease: LeaseItem;
}

async function advance(
  name: string,
  { source, lease }: Scene,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const item = await readTable(deps.ledger, name);
  if (!item) return;
  const counted = await countLoads(item, settings, deps);
  const feeding = feedingOf(source, name);
  // A source that says something else by now is refused by name where loads start; nothing is switched to it.
  if (feeding && counted?.building && compareStored(counted.building, feeding.spec).length === 0) {
    if (await isRebuilt(counted, feeding.resources, deps)) {
      const checked = await checkGeneration(counted, { spec: feeding.spec, lease }, settings, deps);
      if (checked) await switchGeneration(checked, settings, deps);
    }
  }
  await deleteRetired(item, settings, deps);
}

/** Whether all that was loaded before the generation began is loaded again; what was not is put back on the list. */
async function isRebuilt(
  item: TableItem,
  resources: readonly string[],
  { ledger, now, log }: DispatchDeps,
): Promise<boolean> {
  const { building } = item;
  if (!building || building.rebuilt) return building?.rebuilt === true;
  const reload = { resources, after: building.after };
  // Cheap, and mostly true while loads are due; only the ledger itself can say that it is not.
  if ((await countWaiting(ledger, reload, 1)) > 0) return false;
  const { waiting, reopened, quarantined } = await reopenObjects(ledger, reload, { now });
  if (reopened > 0) log('objects reopened', { table: item.name, objects: reopened });
  if (waiting > 0) return false;
  // The new generation takes all live data, so it cannot wait for somebody to look; they come when they are put back.
  if (quarantined > 0) log('objects left out', { table: item.name, objects: quarantined }, 'WARN');
  await noteRebuilt(ledger, item);
  return true;
}
