import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { buryLoad, markFailed, type Fault } from '../../pipeline/ledger/load.ts';
import { suspectSweep } from '../../pipeline/ledger/marks.ts';
import { countAttempt } from '../../pipeline/ledger/objects.ts';
import { examineSuspect } from '../../pipeline/ledger/quarantine.ts';
import { rawKeys } from '../../pipeline/manifest.ts';
import type { Settled } from './commit-load.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readSums } from './judge-load.ts';
import { openManifest } from './load-files.ts';
import { writeFailedReceipt } from './write-receipt.ts';

/**
 * A load whose run is over, one way or the other, and cannot be committed. Its objects stay pending, but for one that has
 * killed the engine alone. What an engine that ended well has reported wrongly is no reason to put an object away.
 */
export async function failLoad(
  load: LoadItem,
  fault: Fault,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  if (!(await markFailed(deps.ledger, load.load, fault, deps.now()))) return 'under way';
  const { error, receipt, unbalanced } = fault;
  deps.log('load failed', { load: load.load, state: 'failed', error }, 'ERROR');
  return finishFailure(
    { ...load, error, ...(receipt && { receipt }), ...(unbalanced && { unbalanced }) },
    settings,
    deps,
  );
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
  const { header, objects } = await openManifest(load, place);
  const keys = [...rawKeys(objects.filter(({ again }) => again !== true))];
  await countAttempt(ledger, { keys, load: load.load });
  const swept = header.tables.filter(({ name }) => header.marks?.[name]?.sweep);
  for (const spec of swept) {
    await suspectSweep(ledger, spec, { at: header.marks?.[spec.name]?.at ?? '', load: load.load });
  }
  const alone = keys.length === 1 && swept.length === 0;
  const suspect = alone && !load.unbalanced ? await examineSuspect(ledger, keys[0] ?? '', load) : undefined;
  const lease = await readLease(ledger);
  // Somebody else has ended it: what was found since is not about this load.
  if (lease.load !== load.load) return 'under way';
  const culprit = suspect?.isCulprit ? suspect.object : undefined;
  if (suspect && culprit) {
    const { resource, key } = culprit;
    // Before the write that ends the load, so that it is told at least once.
    deps.log('object quarantined', { resource, key, loads: suspect.loads, error: load.error }, 'ERROR');
  }
  return (await buryLoad(ledger, lease, { load, culprit, now: now() })) ? 'over' : 'under way';
}
