import { readLease } from '../../pipeline/ledger/lease.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { advanceGenerations } from './advance-generations.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { judgeListings } from './judge-listings.ts';
import { registerWindows } from './register-windows.ts';
import { settleLoad } from './settle-load.ts';
import { startLoad } from './start-load.ts';
import { takeStock } from './take-stock.ts';

/**
 * One wake-up, whatever woke it: looks at what the ledger shows and takes each open step. Every step is a conditional
 * write that can be repeated, so wake-ups may be doubled, overlap, or be killed at any line: the next one goes on.
 */
export async function reconcile(
  source: CompiledSource,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  await registerWindows(deps);
  const { load } = await readLease(deps.ledger);
  if (load !== undefined && (await settleLoad(load, settings, deps)) === 'under way') return;
  await takeStock(source, settings, deps);
  await advanceGenerations(source, settings, deps);
  await judgeListings(source, deps);
  await startLoad(source, settings, deps);
}
