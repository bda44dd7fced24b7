import { yearOf } from '../../pipeline/curated-key.ts';
import { CatchwaterError } from '../../pipeline/errors.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import { countLoad } from '../../pipeline/ledger/generations.ts';
import type { LoadItem, TableItem } from '../../pipeline/ledger/items.ts';
import { loadsAfter } from '../../pipeline/ledger/list-loads.ts';
import { folderOf } from '../../pipeline/manifest.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readSums } from './judge-load.ts';
import { openManifest } from './load-files.ts';

/**
 * Adds up what each load has put into the generation that is building, one load after the other. Undefined while there is
 * none, and while a load is under way: what that has written nobody knows yet.
 */
export async function countLoads(
  item: TableItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<TableItem | undefined> {
  const { building } = item;
  if (!building) return undefined;
  let counted = item;
  for (const load of await loadsAfter(deps.ledger, building.counted ?? building.after)) {
    if (load.state !== 'closed' && load.state !== 'failed') return undefined;
    counted = await countLoad(deps.ledger, counted, {
      load: load.load,
      ...(await sumsOf(load, item, settings, deps)),
    });
    // Somebody has begun another one in its place.
    if (counted.building?.generation !== building.generation) return undefined;
  }
  return counted;
}

/** What a dead load has written is counted by the next one that is committed: it has recovered it. */
async function sumsOf(
  load: LoadItem,
  { name, building }: TableItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<{ rows: number; years: number[] }> {
  const nothing = { rows: 0, years: [] };
  if (load.state === 'failed') return nothing;
  const { header } = await openManifest(load, { s3: deps.s3, stagingBucket: settings.stagingBucket });
  if (folderOf(header, name) !== generationFolder(name, building?.generation)) return nothing;
  const sums = await readSums(load, settings, deps);
  if ('fault' in sums) {
    throw new CatchwaterError(`load ${load.load} is committed, but ${sums.fault}; put the object back`);
  }
  const table = sums.tables.find(({ spec }) => spec.name === name);
  if (!table) return nothing;
  const { inserted, recovered, removed } = table.receipt;
  const years = table.touched.map(yearOf).filter((year) => year !== undefined);
  return { rows: inserted + recovered - removed, years };
}
