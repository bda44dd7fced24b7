import { inParallel } from '../../pipeline/in-parallel.ts';
import { committedFetches, markRegistered } from '../../pipeline/ledger/fetches.ts';
import { registerObject } from '../../pipeline/ledger/objects.ts';
import type { DispatchDeps } from './deps.ts';

const width = 16;

/** Puts the objects of every newly committed window on the list of pending ones, then takes the window off its list. */
export async function registerWindows({
  ledger,
  now,
  log,
}: Pick<DispatchDeps, 'ledger' | 'now' | 'log'>): Promise<void> {
  let objects = 0;
  let windows = 0;
  for await (const fetch of committedFetches(ledger)) {
    await inParallel(fetch.objects ?? [], width, async (object) => {
      if (await registerObject(ledger, { fetch, object, now: now() })) objects += 1;
    });
    await markRegistered(ledger, fetch);
    windows += 1;
  }
  if (objects > 0) log('objects registered', { objects, windows });
}
