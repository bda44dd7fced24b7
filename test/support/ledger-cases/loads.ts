import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { LoadItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { readLease } from '../../../pipeline/ledger/lease.ts';
import {
  buryLoad,
  closeLoad,
  loadKey,
  markCommitted,
  markFailed,
  markStarted,
  prepareLoad,
} from '../../../pipeline/ledger/load.ts';
import { quarantineUpdate, readBatch } from '../../../pipeline/ledger/objects.ts';
import { makeReceipt, noCounts } from '../../../pipeline/receipt.ts';

export const now = new Date('2026-11-21T10:05:00Z');
export const later = new Date('2026-11-21T11:00:00Z');
export const receipt = makeReceipt([noCounts()], []);

export function loadItem(load: string, token: number): LoadItem {
  return {
    ...loadKey(load),
    work: 'load',
    work_at: now.toISOString(),
    load,
    engine: 'glue',
    state: 'prepared',
    token,
    manifest_key: `loads/${load}/manifest.ndjson.gz`,
    report_key: `loads/${load}/report.ndjson.gz`,
    objects: 1,
    bytes: 1,
    recovers: [],
    created_at: now.toISOString(),
  };
}

/** Takes the lease for a load. */
export async function take(ledger: Ledger, load: string, more: Partial<LoadItem> = {}): Promise<boolean> {
  const lease = await readLease(ledger);
  return prepareLoad(ledger, lease, { ...loadItem(load, lease.token + 1), ...more });
}

/** A load that is started, dies and gives the lease back. */
export async function kill(ledger: Ledger, load: string, retry = false): Promise<void> {
  const steps = [
    await take(ledger, load),
    await markStarted(ledger, load, 'jr_1', now),
    await markFailed(ledger, load, { error: 'out of memory' }, now),
    await buryLoad(ledger, await readLease(ledger), {
      load: { load, ...(retry && { retry: true as const }) },
      now,
    }),
  ];
  if (steps.includes(false)) throw new Error(`the load ${load} cannot die: ${steps.join()}`);
}

/** One that goes well; suspects wait meanwhile, or not. */
export async function commit(ledger: Ledger, load: string, passesBy = false): Promise<void> {
  const steps = [
    await take(ledger, load),
    await markStarted(ledger, load, 'jr_1', now),
    await markCommitted(ledger, load, receipt, now),
    await closeLoad(ledger, { load, ...(passesBy && { passes_by: true as const }) }),
  ];
  if (steps.includes(false)) throw new Error(`the load ${load} cannot be committed: ${steps.join()}`);
}

/** An object that a load has died over. */
export async function quarantine(ledger: Ledger, key: string, at = now): Promise<void> {
  const { items } = await readBatch(ledger, [{ key }]);
  const [object] = items;
  if (!object) throw new Error(`${key} is not in the ledger`);
  const Update = quarantineUpdate(ledger, object, { error: 'out of memory', now: at });
  await ledger.dynamo.send(new TransactWriteCommand({ TransactItems: [{ Update }] }));
}
