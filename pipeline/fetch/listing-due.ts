import { isDue } from '../ledger/decide-window.ts';
import type { ResourceState } from '../ledger/resource-state.ts';
import type { CompiledResource } from '../source/source.ts';

/** After a listing with a slice left out, so many more are tried in the time in which one is due. */
const triesInOne = 10;

/**
 * Whether the window is to be a complete listing (`reconcile`): fetched as if nothing had ever been fetched, so that what it
 * does not bring is no longer there. One that fails is due again; the first window of all is one.
 */
export function isListingDue(
  { reconcile }: Pick<CompiledResource, 'reconcile'>,
  { reconciled_at: last, listing_tried_at: tried }: Pick<ResourceState, 'reconciled_at' | 'listing_tried_at'>,
  scheduledAt: string,
): boolean {
  if (reconcile === undefined) return false;
  // With a slice that fails each time, every fetch would be a complete listing.
  if (tried !== undefined && !isDue(tried, scheduledAt, reconcile.every_ms / triesInOne)) return false;
  return last === undefined || isDue(last, scheduledAt, reconcile.every_ms);
}
