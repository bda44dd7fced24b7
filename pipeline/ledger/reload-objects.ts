/** Raw objects that were loaded before a generation began, and are loaded again into it: no API is called. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CatchwaterError } from '../errors.ts';
import { inParallel } from '../in-parallel.ts';
import { committedSince } from './fetches.ts';
import type { LandedObject, ObjectItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { batchesOf, readBatch, shardOf, shards } from './objects.ts';
import { openWork } from './open-work.ts';

/** DynamoDB takes 1,000 writes a second to one index partition; there are 16, and live objects want their share. */
const width = 64;

export interface Reload {
  /** Those that feed the table. */
  resources: readonly string[];
  /** What this load, or an older one, has loaded is loaded again. */
  after: string;
}

export interface ReloadState {
  /** Objects of committed windows that were looked at. */
  objects: number;
  /** Those that this call has put back on the list. */
  reopened: number;
  /** Those that wait to be loaded again, these included. */
  waiting: number;
  /** Those in quarantine: nothing of them is loaded until somebody puts them back. */
  quarantined: number;
}

/** How many objects the index shows that wait to be loaded again, up to `limit`. It may miss some: 0 proves nothing. */
export async function countWaiting(
  ledger: Ledger,
  { resources, after }: Reload,
  limit = Infinity,
): Promise<number> {
  const feeding = new Set(resources);
  let waiting = 0;
  await inParallel(shards(), shards().length, async (shard) => {
    for await (const item of openWork<ObjectItem>(ledger, shard)) {
      if (waiting >= limit) return;
      if (feeding.has(item.resource) && isWaiting(item, after)) waiting += 1;
    }
  });
  return waiting;
}

/**
 * Puts every object back on the list of pending ones that a load up to `after` has loaded, and no later one. Objects that
 * no load has had in hand are left to their first: nothing of the table is in them yet. Interrupted, it is called again.
 */
export async function reopenObjects(
  ledger: Ledger,
  { resources, after }: Reload,
  { now, onProgress }: { now: () => Date; onProgress?: (state: ReloadState) => void },
): Promise<ReloadState> {
  const state: ReloadState = { objects: 0, reopened: 0, waiting: 0, quarantined: 0 };
  await inParallel(batchesOfWindows(ledger, resources), width / 8, async (batch) => {
    const { items, whole } = await readBatch(ledger, batch);
    if (!whole) {
      throw new CatchwaterError(
        `DynamoDB has not answered for all of the ${batch.length} objects asked for; it goes on at the next try`,
      );
    }
    const due = items.filter((item) => isWaiting(item, after));
    state.objects += batch.length;
    state.quarantined += items.filter((item) => item.state === 'quarantined').length;
    state.waiting += due.length;
    await inParallel(
      due.filter((item) => item.state === 'done'),
      8,
      async (item) => {
        if (await reopen(ledger, item, now())) state.reopened += 1;
      },
    );
    onProgress?.({ ...state });
  });
  return state;
}

/**
 * What was loaded before, and what a load has died over: that may have left rows in the old files, which queries see.
 * Nothing waits for an object in quarantine.
 */
function isWaiting({ state, load, failed_in }: ObjectItem, after: string): boolean {
  if (state === 'quarantined') return false;
  return (load !== undefined && load <= after) || (state === 'pending' && failed_in !== undefined);
}

/** It keeps the name of the load that has had it: so its next one is told from that. */
function reopen(ledger: Ledger, { pk, sk, key, load }: ObjectItem, now: Date): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: { pk, sk },
        ...expressions({
          update:
            'SET #state = :pending, #attempts = :none, #work = :work, #work_at = :now REMOVE #failed_in',
          condition: '#state = :done AND #load = :load',
          values: {
            pending: 'pending',
            done: 'done',
            none: 0,
            load,
            work: shardOf(key),
            now: now.toISOString(),
          },
        }),
      }),
    ),
  );
}

async function* batchesOfWindows(
  ledger: Ledger,
  resources: readonly string[],
): AsyncGenerator<LandedObject[]> {
  for (const resource of resources) {
    let held: LandedObject[] = [];
    for await (const { objects = [] } of committedSince(ledger, resource, '')) {
      // Most windows have one object; a batch holds a hundred.
      held.push(...objects);
      if (held.length < 100) continue;
      yield* batchesOf(held);
      held = [];
    }
    yield* batchesOf(held);
  }
}
