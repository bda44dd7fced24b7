/**
 * Raw objects in quarantine: each has killed the engine where it stood alone, while others went well. The object itself
 * stays where it is; no load takes it until somebody puts it back on the list.
 */
import type { LoadItem, ObjectItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { loadsAfter } from './list-loads.ts';
import { readLoad } from './load.ts';
import { changeObject, readBatch, shardOf } from './objects.ts';
import { openWork } from './open-work.ts';

/**
 * Where nothing else is loaded meanwhile, nothing shows that the engine works at all. After so many dead loads, which the
 * circuit breaker spreads over more than three days, the object goes to quarantine all the same, so that nothing waits
 * for ever. More than the 18 that it takes to find one object among 50,000.
 */
const mostAttempts = 20;
/** One that was part of a bigger load has died more often when it stands alone; one that came alone is tried twice more. */
const fewestAttempts = 3;

/** An object that a load has died over alone, and what is known of it. */
export interface Suspect {
  object: ObjectItem;
  /** Loads that died over it, the oldest first. */
  loads: string[];
  /** The engine has died over it again and again, and loaded others since the first time: it works, with others. */
  isCulprit: boolean;
}

/** As the ledger knows it, while that load, whose deaths are counted, still has the lease. */
export async function examineSuspect(
  ledger: Ledger,
  key: string,
  { load }: Pick<LoadItem, 'load'>,
): Promise<Suspect | undefined> {
  const { items } = await readBatch(ledger, [{ key }]);
  const object = items.find(({ failed_in, state }) => failed_in === load && state === 'pending');
  if (!object) return undefined;
  const loads = await loadsBefore(ledger, load);
  const isCulprit =
    object.attempts >= mostAttempts ||
    (object.attempts >= fewestAttempts && (await hasCommitted(ledger, loads[0] ?? load)));
  return { object, loads, isCulprit };
}

/** Every dead load that had taken what this one took, the oldest first. */
async function loadsBefore(ledger: Ledger, load: string): Promise<string[]> {
  const loads = [load];
  for (;;) {
    const item = await readLoad(ledger, loads[0] ?? load);
    if (item?.after === undefined) return loads;
    loads.unshift(item.after);
  }
}

async function hasCommitted(ledger: Ledger, since: string): Promise<boolean> {
  return (await loadsAfter(ledger, since)).some(({ state }) => state === 'closed');
}

/** As the index shows them, those that are there for longest first. */
export async function* quarantinedObjects(ledger: Ledger): AsyncGenerator<ObjectItem> {
  yield* openWork<ObjectItem>(ledger, 'quarantine');
}

/** Back on the list, as if no load had ever died over it; false when it is not in quarantine any more. */
export function releaseObject(ledger: Ledger, key: string, now: Date): Promise<boolean> {
  return changeObject(ledger, key, {
    update:
      'SET #state = :pending, #attempts = :none, #work = :work, #work_at = :now REMOVE #failed_in, #error',
    condition: '#state = :quarantined',
    values: {
      pending: 'pending',
      quarantined: 'quarantined',
      none: 0,
      work: shardOf(key),
      now: now.toISOString(),
    },
  });
}
