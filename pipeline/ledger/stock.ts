/**
 * Stocktaking compares what the bucket holds below raw/ with what the committed windows name. One item says when the next
 * one is due and where the present one goes on: wake-ups take turns, and each may be killed at any line.
 */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { rawFolder, rawWindowPrefix } from '../raw-object.ts';
import type { StockItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import type { StockFindings, StockPlace, StockScope, StockTaking } from './stock-record.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** From the beginning of one to that of the next: a thousand objects are cents a year, and an hour is soon enough. */
const everyMs: Record<StockScope, number> = { recent: hourMs, whole: dayMs };
/** How far back the hourly one looks, by the scheduled times of the windows. */
const recentMs = 2 * dayMs;
/** A wake-up lives for five minutes at most: who holds it longer is dead. */
const holdMs = 5 * 60_000;

const stockKey = { pk: 'STOCK', sk: 'STOCK' };

export async function readStock(ledger: Ledger): Promise<StockItem | undefined> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: stockKey, ConsistentRead: true }),
  );
  return answer.Item as StockItem | undefined;
}

/** A new stack, or one that has just been given this. */
export function firstStock(now: Date): StockItem {
  const at = later(now, hourMs);
  return { ...stockKey, version: 0, due: { recent: at, whole: at } };
}

/** As it is written from now on; undefined when someone else has changed it since it was read. */
export async function writeStock(ledger: Ledger, item: StockItem): Promise<StockItem | undefined> {
  const written = { ...item, version: item.version + 1 };
  const isNew = item.version === 0;
  const isWritten = await won(
    ledger.dynamo.send(
      new PutCommand({
        TableName: ledger.table,
        Item: written,
        ...expressions({
          condition: isNew ? 'attribute_not_exists(#pk)' : '#version = :version',
          ...(!isNew && { values: { version: item.version } }),
        }),
      }),
    ),
  );
  return isWritten ? written : undefined;
}

export type StockUnderWay = StockItem & { taking: StockTaking };

/**
 * The item of whoever goes on now, to be written before anything is done; undefined when nothing is due, or someone else is
 * at it. A load that has died is a reason to look at everything: it may have died of an object that is not there.
 */
export function holdStock(
  item: StockItem,
  { now, resources, deadLoad }: { now: Date; resources: readonly string[]; deadLoad: string | undefined },
): StockUnderWay | undefined {
  if (item.held_until !== undefined && item.held_until > now.toISOString()) return undefined;
  const taking = item.taking ?? begin(item, { now, resources, deadLoad });
  return taking && { ...item, taking, held_until: later(now, holdMs) };
}

function begin(
  { due, whole }: StockItem,
  { now, resources, deadLoad }: { now: Date; resources: readonly string[]; deadLoad: string | undefined },
): StockTaking | undefined {
  const since = now.toISOString();
  const isNewDeath = deadLoad !== undefined && deadLoad !== whole?.dead_load;
  const scope = due.whole <= since || isNewDeath ? 'whole' : 'recent';
  const place = placeAfter(resources, '', { scope, since });
  if (!place || (due[scope] > since && !isNewDeath)) return undefined;
  return {
    scope,
    since,
    place,
    found: nothingFound,
    ...(deadLoad !== undefined && { dead_load: deadLoad }),
  };
}

const nothingFound: StockFindings = {
  objects: 0,
  registered: 0,
  missing: 0,
  missing_keys: [],
  lost: 0,
  hidden: 0,
  unnamed: 0,
  unnamed_bytes: 0,
};

/** Where the next resource begins, by name; undefined after the last one. */
export function placeAfter(
  resources: readonly string[],
  name: string,
  { scope, since }: Pick<StockTaking, 'scope' | 'since'>,
): StockPlace | undefined {
  const resource = resources.filter((each) => each > name).toSorted((a, b) => (a < b ? -1 : 1))[0];
  if (resource === undefined) return undefined;
  if (scope === 'whole') return { resource, after: rawFolder(resource), from: '' };
  const scheduledAt = new Date(Date.parse(since) - recentMs);
  return {
    resource,
    after: rawWindowPrefix({ resource, scheduledAt }),
    from: `${scheduledAt.toISOString().slice(0, 19)}Z`,
  };
}

/** One step further, which has found so much; at its end without a place. `release`: others may go on. */
export function stepStock(
  item: StockUnderWay,
  { found = nothingFound, place }: { found: StockFindings | undefined; place: StockPlace | undefined },
  { now, release }: { now: Date; release: boolean },
): StockItem {
  const { taking, held_until: held, fault: _, ...rest } = item;
  const { scope, place: _before, ...begun } = { ...taking, found: addFindings(taking.found, found) };
  if (place) {
    const on = { ...rest, taking: { ...begun, scope, place } };
    return release || held === undefined ? on : { ...on, held_until: held };
  }
  const since = new Date(taking.since);
  const recent = later(since, everyMs.recent);
  return {
    ...rest,
    [scope]: { ...begun, ended: now.toISOString() },
    // Who has looked at everything has looked at what is recent.
    due: { recent, whole: scope === 'whole' ? later(since, everyMs.whole) : rest.due.whole },
  };
}

/** Left where it is for an hour: whatever it is, it is told of once an hour. */
export function failStock(item: StockItem, error: string, now: Date): StockItem {
  return { ...item, fault: { at: now.toISOString(), error }, held_until: later(now, hourMs) };
}

const mostKeys = 3;

export function addFindings(one: StockFindings, other: StockFindings): StockFindings {
  return {
    objects: one.objects + other.objects,
    registered: one.registered + other.registered,
    missing: one.missing + other.missing,
    missing_keys: [...one.missing_keys, ...other.missing_keys].slice(0, mostKeys),
    lost: one.lost + other.lost,
    hidden: one.hidden + other.hidden,
    unnamed: one.unnamed + other.unnamed,
    unnamed_bytes: one.unnamed_bytes + other.unnamed_bytes,
  };
}

function later(time: Date, ms: number): string {
  return new Date(time.getTime() + ms).toISOString();
}
