import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { buryLoad, markFailed } from '../../pipeline/ledger/load.ts';
import { countAttempt } from '../../pipeline/ledger/objects.ts';
import { rawKeys } from '../../pipeline/manifest.ts';
import type { Settled } from './commit-load.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { openManifest } from './load-files.ts';

/** A load whose run is over, one way or the other, and cannot be committed. Its objects stay pending. */
export async function failLoad(
  load: LoadItem,
  error: string,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  if (!(await markFailed(deps.ledger, load.load, error, deps.now()))) return 'under way';
  deps.log('load failed', { load: load.load, state: 'failed', error }, 'ERROR');
  return finishFailure(load, settings, deps);
}

/** Goes on where a wake-up was interrupted after the failure. */
export async function finishFailure(
  load: LoadItem,
  { stagingBucket }: DispatchSettings,
  { ledger, s3, now }: DispatchDeps,
): Promise<Settled> {
  const { objects } = await openManifest(load, { s3, stagingBucket });
  await countAttempt(ledger, { keys: rawKeys(objects), load: load.load });
  const lease = await readLease(ledger);
  return (await buryLoad(ledger, lease, load.load, now())) ? 'over' : 'under way';
}
