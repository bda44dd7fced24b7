import { CatchwaterError } from '../../pipeline/errors.ts';
import { committedSince } from '../../pipeline/ledger/fetches.ts';
import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import { batchesOf, readBatch } from '../../pipeline/ledger/objects.ts';
import type { TableMark } from '../../pipeline/manifest.ts';
import type { DispatchDeps } from './deps.ts';
import { describedTables } from './feed-tables.ts';
import type { TablesOf } from './find-work.ts';

/**
 * Objects that a sweep reads once more. Where `order_by` decides, a row that was fetched since the mark may have lost to one
 * from before it; when that one goes, the other must come again, or a record that exists would vanish. So all that was
 * loaded since then, of every resource that feeds the table, is merged with the sweep.
 */
export async function relistObjects(
  marks: ReadonlyMap<string, TableMark>,
  tables: TablesOf,
  { ledger }: Pick<DispatchDeps, 'ledger'>,
): Promise<ObjectItem[]> {
  const described = describedTables(tables);
  const found: ObjectItem[] = [];
  for (const [resource, specs] of tables) {
    const since = specs
      .filter(({ name }) => described.get(name)?.relists)
      .flatMap(({ name }) => marks.get(name) ?? [])
      .flatMap(({ at, sweep }) => (sweep ? [at] : []))
      .toSorted((one, other) => (one < other ? -1 : 1))[0];
    if (since === undefined) continue;
    for await (const { objects = [] } of committedSince(ledger, resource, since)) {
      for (const batch of batchesOf(objects)) found.push(...(await readDone(ledger, batch)));
    }
  }
  return found;
}

/** Those that are pending come with a load of their own. */
async function readDone(
  ledger: DispatchDeps['ledger'],
  batch: readonly { key: string }[],
): Promise<ObjectItem[]> {
  const { items, whole } = await readBatch(ledger, batch);
  if (!whole) {
    throw new CatchwaterError(
      `DynamoDB has not answered for all of the ${batch.length} objects asked for; the next wake-up tries again`,
    );
  }
  return items.filter(({ state }) => state === 'done');
}
