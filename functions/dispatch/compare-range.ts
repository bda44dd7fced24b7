import type { ObjectVersion } from '@aws-sdk/client-s3';
import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { batchesOf, markMissing, readBatch, registerObject } from '../../pipeline/ledger/objects.ts';
import type { StockFindings } from '../../pipeline/ledger/stock-record.ts';
import type { DispatchDeps } from './deps.ts';
import type { Named, Range } from './read-range.ts';

const width = 16;
/** A window that was committed since then is on its way: the next wake-up registers it. */
const settledMs = 10 * 60_000;
/** An attempt may go on for a while before its window is committed. */
const unnamedMs = 24 * 3_600_000;
const mostKeys = 5;

/** As the ledger had it before; an object that it did not have is pending now. */
type Compared = Named & { item: ObjectItem | undefined };

/**
 * Mends what can be mended, and tells of the rest. Undefined where a load has begun that may have a missing object in hand:
 * then the range is to be compared again.
 */
export async function compareRange(
  range: Range,
  deps: Pick<DispatchDeps, 'ledger' | 'now' | 'log'>,
): Promise<StockFindings | undefined> {
  const { resource, versions, named } = range;
  const now = deps.now();
  const items = await readItems(range, deps);
  const settled = new Date(now.getTime() - settledMs).toISOString();
  const compared = named
    .filter(({ fetch: { ended_at: committed = '' } }) => committed < settled)
    .map((each) => ({ ...each, item: items.get(each.object.key) }));
  const registered = await registerLost(resource, compared, deps);

  const there = new Map(versions.map((version) => [identity(version.Key, version.VersionId), version]));
  const versionOf = ({ object }: Compared) => there.get(identity(object.key, object.version_id));
  const missing = compared.filter((each) => versionOf(each) === undefined);
  if (!(await settleMissing(resource, missing, deps))) return undefined;
  const unnamed = findUnnamed(range, items, now);
  return {
    objects: compared.length,
    registered,
    missing: missing.length,
    missing_keys: keysOf(missing),
    lost: missing.filter(({ item }) => item?.state !== 'done').length,
    hidden: compared.filter((each) => versionOf(each)?.IsLatest === false).length,
    unnamed: unnamed.length,
    unnamed_bytes: unnamed.reduce((sum, { Size = 0 }) => sum + Size, 0),
  };
}

/** What the ledger knows of each object, be it named by a window, by an earlier attempt of one, or in the bucket only. */
async function readItems(
  { versions, named }: Range,
  { ledger }: Pick<DispatchDeps, 'ledger'>,
): Promise<Map<string, ObjectItem>> {
  const keys = new Set([...named.map(({ object }) => object.key), ...versions.map(({ Key = '' }) => Key)]);
  const found = new Map<string, ObjectItem>();
  const batches = batchesOf([...keys].map((key) => ({ key })));
  await inParallel(batches, width, async (batch) => {
    const { items, whole } = await readBatch(ledger, batch, { consistent: false });
    if (!whole) {
      throw new CatchwaterError(`DynamoDB has not answered for all of the ${batch.length} objects asked for`);
    }
    for (const item of items) found.set(item.key, item);
  });
  return found;
}

/** Puts on the list of pending objects what a committed window names and nobody has put there. */
async function registerLost(
  resource: string,
  compared: readonly Compared[],
  { ledger, now, log }: Pick<DispatchDeps, 'ledger' | 'now' | 'log'>,
): Promise<number> {
  const lost = compared.filter(({ item }) => item === undefined);
  const windows = new Set<string>();
  let objects = 0;
  await inParallel(lost, width, async ({ object, fetch }) => {
    if (!(await registerObject(ledger, { fetch, object, now: now() }))) return;
    objects += 1;
    windows.add(fetch.scheduled_at);
  });
  if (objects > 0) log('lost objects registered', { resource, objects, windows: windows.size }, 'WARN');
  return objects;
}

/** False: not yet. Each is told of once, before that is noted: a wake-up that is killed in between tells of it twice. */
async function settleMissing(
  resource: string,
  missing: readonly Compared[],
  { ledger, now, log }: Pick<DispatchDeps, 'ledger' | 'now' | 'log'>,
): Promise<boolean> {
  const isPending = ({ item }: Compared): boolean => item === undefined || item.state === 'pending';
  const news = missing.filter((each) => isPending(each) || each.item?.missing_since === undefined);
  if (news.length === 0) return true;
  const pending = news.filter(isPending);
  // A load that began before the bucket was listed may have read what has gone since. Where none is under way now, nobody
  // has read what is still pending, and nobody can.
  if (pending.length > 0 && (await readLease(ledger)).load !== undefined) return false;
  const windows = [...new Set(news.map(({ fetch }) => fetch.scheduled_at))];
  const fields = { resource, objects: news.length, quarantined: pending.length, windows: windows.length };
  const [from, to] = [windows[0], windows.at(-1)];
  log('raw objects missing', { ...fields, from, to, keys: keysOf(news) }, 'ERROR');
  await inParallel(news, width, ({ object, item }) =>
    markMissing(ledger, { key: object.key, state: item?.state ?? 'pending' }, now()),
  );
  return true;
}

/** Attempts that were given up. What an earlier attempt of a window has committed is known by its own item. */
function findUnnamed(
  { versions, named, open }: Range,
  items: ReadonlyMap<string, ObjectItem>,
  now: Date,
): ObjectVersion[] {
  const names = new Set(named.map(({ object }) => object.key));
  const old = now.getTime() - unnamedMs;
  return versions.filter(
    ({ Key = '', IsLatest, LastModified }) =>
      IsLatest === true &&
      !names.has(Key) &&
      !items.has(Key) &&
      !open.has(Key.slice(0, Key.indexOf('Z-') + 2)) &&
      (LastModified?.getTime() ?? 0) < old,
  );
}

function keysOf(compared: readonly Compared[]): string[] {
  return compared.slice(0, mostKeys).map(({ object }) => object.key);
}

function identity(key: string | undefined, version: string | undefined): string {
  return `${key}\n${version}`;
}
