import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readBatch } from '../../pipeline/ledger/objects.ts';
import { readWindow } from '../../pipeline/ledger/window.ts';
import type { RecentWindow } from './recent-windows.ts';

export interface LoadedWindow {
  scheduledAt: string;
  load: string;
}

/** A resource that has waited for longer has other troubles. */
const mostLooked = 20;

/**
 * The newest of these windows whose rows are in the tables, and the load that put them there. The objects of a window are
 * loaded together or soon after one another: the first speaks for all.
 */
export async function findLoaded(
  ledger: Ledger,
  windows: readonly RecentWindow[],
): Promise<LoadedWindow | undefined> {
  const landed = windows.filter(({ state, bytes = 0 }) => state === 'committed' && bytes > 0);
  for (const { resource, slice, scheduled_at: scheduledAt } of landed.slice(0, mostLooked)) {
    const { fetch } = await readWindow(ledger, { resource, slice, scheduledAt });
    const [first] = fetch?.objects ?? [];
    if (!first) continue;
    const [object] = (await readBatch(ledger, [first])).items;
    // Also of one that is to be loaded again, into another generation: what queries see has it.
    if (object?.load !== undefined) return { scheduledAt, load: object.load };
  }
  return undefined;
}
