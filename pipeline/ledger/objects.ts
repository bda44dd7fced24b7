/** Raw objects of committed windows: pending until a load has committed them. */
import { BatchGetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { createHash } from 'node:crypto';
import { inParallel } from '../in-parallel.ts';
import type { ObjectSums } from '../sum-report.ts';
import { objectShards, type FetchItem, type LandedObject, type ObjectItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { openWork } from './open-work.ts';

/** DynamoDB answers at most 100 items to one BatchGetItem. */
const batchSize = 100;
const width = 32;

/** Puts a landed object on the list of pending ones; false when it was there already, in whatever state. */
export function registerObject(
  ledger: Ledger,
  { fetch, object, now }: { fetch: FetchItem; object: LandedObject; now: Date },
): Promise<boolean> {
  const item: ObjectItem = {
    ...object,
    ...keyOf(object.key),
    resource: fetch.resource,
    scheduled_at: fetch.scheduled_at,
    state: 'pending',
    attempts: 0,
    registered_at: now.toISOString(),
    work: shardOf(object.key),
    work_at: now.toISOString(),
  };
  return won(
    ledger.dynamo.send(
      new PutCommand({
        TableName: ledger.table,
        Item: item,
        ...expressions({ condition: 'attribute_not_exists(#pk)' }),
      }),
    ),
  );
}

/**
 * Objects of these resources that the index shows as pending, the oldest of each shard first: up to `limit` of those that
 * no load has died over, and as many of the others, so that neither hides the other. Objects of other resources are
 * passed over, or they would block their shard; `strangers` names them.
 */
export async function findPending(
  ledger: Ledger,
  { resources, limit }: { resources: ReadonlySet<string>; limit: number },
): Promise<{ objects: ObjectItem[]; strangers: string[] }> {
  const objects: ObjectItem[] = [];
  const strangers = new Set<string>();
  const share = Math.ceil(limit / objectShards);
  await inParallel(shards(), objectShards, async (shard) => {
    const left = { fresh: share, suspect: share };
    for await (const object of openWork<ObjectItem>(ledger, shard)) {
      const kind = object.failed_in === undefined ? 'fresh' : 'suspect';
      if (!resources.has(object.resource)) {
        strangers.add(object.resource);
      } else if (left[kind] > 0) {
        objects.push(object);
        left[kind] -= 1;
      }
      if (left.fresh === 0) break;
    }
  });
  return { objects, strangers: [...strangers] };
}

/** Those of the objects that are pending in the table itself, as they are there. */
export async function confirmPending(ledger: Ledger, objects: readonly ObjectItem[]): Promise<ObjectItem[]> {
  const confirmed: ObjectItem[] = [];
  await inParallel(batchesOf(objects), width, async (batch) => {
    // What DynamoDB has left unanswered is not asked for again: it stays pending and the next load takes it.
    const { items } = await readBatch(ledger, batch);
    confirmed.push(...items.filter((item) => item.state === 'pending'));
  });
  return confirmed;
}

/**
 * One batch as it is in the table; `whole` is false when DynamoDB has left some of it unanswered. At half the price where it
 * need not be the last word: `consistent` false.
 */
export async function readBatch(
  ledger: Ledger,
  objects: readonly { key: string }[],
  { consistent = true } = {},
): Promise<{ items: ObjectItem[]; whole: boolean }> {
  const answer = await ledger.dynamo.send(
    new BatchGetCommand({
      RequestItems: {
        [ledger.table]: { Keys: objects.map(({ key }) => keyOf(key)), ConsistentRead: consistent },
      },
    }),
  );
  return {
    items: (answer.Responses?.[ledger.table] ?? []) as ObjectItem[],
    whole: Object.keys(answer.UnprocessedKeys ?? {}).length === 0,
  };
}

/**
 * The load has committed these objects, in which it found so much. Repeated or interrupted, it goes on where it was.
 */
export function markDone(
  ledger: Ledger,
  { objects, load }: { objects: ReadonlyMap<string, ObjectSums>; load: string },
): Promise<void> {
  return inParallel(objects, width, ([key, { rows, quarantined }]) =>
    updateObject(ledger, key, {
      update:
        'SET #state = :done, #load = :load, #rows = :rows, #quarantined = :quarantined REMOVE #work, #work_at',
      // Load ids sort by time: an object that is pending again is not done because of a load before that.
      condition: '#state = :pending AND (attribute_not_exists(#load) OR #load < :load)',
      values: { done: 'done', pending: 'pending', load, rows, quarantined },
    }),
  );
}

/** The load died over these objects: one attempt more, counted once per load however often this is repeated. */
export function countAttempt(
  ledger: Ledger,
  { keys, load }: { keys: Iterable<string>; load: string },
): Promise<void> {
  return inParallel(keys, width, (key) =>
    updateObject(ledger, key, {
      update: 'SET #attempts = #attempts + :one, #failed_in = :load',
      // Load ids sort by time: a dispatcher that comes back late does not count an older load again.
      condition: '#state = :pending AND (attribute_not_exists(#failed_in) OR #failed_in < :load)',
      values: { one: 1, pending: 'pending', load },
    }),
  );
}

/** The bucket no longer has its version: no load can have it. What a load has committed before stays done. */
export async function markMissing(
  ledger: Ledger,
  { key, state }: Pick<ObjectItem, 'key' | 'state'>,
  now: Date,
): Promise<void> {
  const since = now.toISOString();
  await changeObject(
    ledger,
    key,
    state === 'pending'
      ? {
          update: 'SET #state = :quarantined, #missing_since = :since REMOVE #work, #work_at',
          condition: '#state = :pending',
          values: { quarantined: 'quarantined', pending: 'pending', since },
        }
      : {
          update: 'SET #missing_since = :since',
          condition: '#state = :state AND attribute_not_exists(#missing_since)',
          values: { state, since },
        },
  );
}

/** Part of the transaction that ends the load which died over it alone: no load has it in hand then. */
export function quarantineUpdate(
  ledger: Ledger,
  { key, failed_in: load }: ObjectItem,
  { error, now }: { error: string; now: Date },
) {
  return {
    TableName: ledger.table,
    Key: keyOf(key),
    ...expressions({
      update: 'SET #state = :quarantined, #error = :error, #work = :quarantine, #work_at = :now',
      condition: '#state = :pending AND #failed_in = :load',
      values: {
        quarantined: 'quarantined',
        pending: 'pending',
        quarantine: 'quarantine',
        error,
        load,
        now: now.toISOString(),
      },
    }),
  };
}

/** An object for which the condition does not hold is left as it is. */
async function updateObject(ledger: Ledger, key: string, change: ObjectChange): Promise<void> {
  await changeObject(ledger, key, change);
}

export interface ObjectChange {
  update: string;
  condition: string;
  values: Record<string, unknown>;
}

/** False where the condition does not hold. */
export function changeObject(ledger: Ledger, key: string, change: ObjectChange): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({ TableName: ledger.table, Key: keyOf(key), ...expressions(change) }),
    ),
  );
}

function keyOf(key: string): { pk: string; sk: string } {
  return { pk: `OBJECT#${key}`, sk: 'OBJECT' };
}

/** `object#00` … `object#15`: stable per key, even over keys. */
export function shardOf(key: string): string {
  const hash = createHash('md5').update(key).digest();
  return shardName(hash.readUInt32BE(0) % objectShards);
}

function shardName(number: number): string {
  return `object#${String(number).padStart(2, '0')}`;
}

export function shards(): string[] {
  return Array.from({ length: objectShards }, (_, number) => shardName(number));
}

export function* batchesOf<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += batchSize) yield items.slice(start, start + batchSize);
}
