import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { buryLoad, markFailed, type Fault } from '../../pipeline/ledger/load.ts';
import { countAttempt } from '../../pipeline/ledger/objects.ts';
import { rawKeys } from '../../pipeline/manifest.ts';
import type { Settled } from './commit-load.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readSums } from './judge-load.ts';
import { openManifest } from './load-files.ts';
import { writeFailedReceipt } from './write-receipt.ts';

/** A load whose run is over, one way or the other, and cannot be committed. Its objects stay pending. */
export async function failLoad(
  load: LoadItem,
  { error, receipt }: Fault,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  if (!(await markFailed(deps.ledger, load.load, { error, receipt }, deps.now()))) return 'under way';
  deps.log('load failed', { load: load.load, state: 'failed', error }, 'ERROR');
  return finishFailure({ ...load, ...(receipt && { receipt }) }, settings, deps);
}

/** Goes on where a wake-up was interrupted after the failure. */
export async function finishFailure(
  load: LoadItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  const { ledger, s3, now } = deps;
  const place = { s3, stagingBucket: settings.stagingBucket };
  if (load.receipt) {
    const sums = await readSums(load, settings, deps);
    const tables = 'fault' in sums ? [] : sums.tables;
    await writeFailedReceipt(load, { receipt: load.receipt, tables }, place);
  }
  const { objects } = await openManifest(load, place);
  await countAttempt(ledger, { keys: rawKeys(objects), load: load.load });
  const lease = await readLease(ledger);
  return (await buryLoad(ledger, lease, load.load, now())) ? 'over' : 'under way';
}
