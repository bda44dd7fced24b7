/**
 * The lease says which load is the active one; there is never more than one. It also holds the circuit breaker, in two
 * halves: one for what no load has died over yet, one for suspects, the objects (and sweeps) that a load has died over.
 * So live data never wait for the search after what kills an engine, and neither is paid for without end:
 *
 * - Each half lets three dead loads in a row go on at once, then pauses: 15 minutes, doubled each time up to six hours.
 * - For the fresh half a row ends with any commit; for suspects with one that took suspects, as the search has come
 *   further, or one when none were left. A fresh load's commit says nothing about them.
 * - Whatever commits, from the 24th dead load within a day on suspects are tried once an hour.
 *
 * So one object among n that kills its engine costs 2 + ⌈log2 n⌉ dead loads (10 of 200, 18 of 50,000), with one pause of 15
 * minutes at most; suspects cost 24 + 8 of them at most in a night of eight hours, however many there are; an engine that is
 * dead itself is started some 10 times on the first day by each half, then four times a day.
 */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { LeaseItem, LoadItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { loadStamp } from './load-id.ts';

export const leaseKey = { pk: 'LEASE', sk: 'LEASE' };

/** Dead loads in a row that are retried at once; from then on the circuit breaker slows the attempts. */
const patience = 3;
const firstPauseMs = 15 * 60_000;
const longestPauseMs = 6 * 3_600_000;
/** Of dead loads within a day; then suspects wait as long as this after each. */
const mostADay = 24;
const hourMs = 3_600_000;
/** Ids are short, and one object that kills its engine costs some ten: enough for months of trouble. */
const mostRecovered = 500;

/** The lease as it is; before the first load it is free and its token is 0. */
export async function readLease(ledger: Ledger): Promise<LeaseItem> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: leaseKey, ConsistentRead: true }),
  );
  return { ...leaseKey, token: 0, dead_loads: [], ...(answer.Item as Partial<LeaseItem> | undefined) };
}

/** For what no load has died over yet. */
export function isPaused(lease: LeaseItem, now: Date): boolean {
  return isAhead(lease.not_before, now);
}

/** For what a load has died over. */
export function isRetryPaused(lease: LeaseItem, now: Date): boolean {
  return isAhead(lease.retry_not_before, now);
}

/** Dead loads whose files may hold rows that no receipt has counted yet. */
export function recoveredBy(lease: LeaseItem): string[] {
  return lease.recovers ?? lease.dead_loads;
}

/** What a dead load changes in the lease, which is still its own. */
export function countDeath(
  lease: LeaseItem,
  { load, retry }: Pick<LoadItem, 'load' | 'retry'>,
  now: Date,
): Partial<LeaseItem> {
  const recovers = [...recoveredBy(lease), load].slice(-mostRecovered);
  const stalled = (lease.stalled ?? 0) + 1;
  const counted = { dead_loads: [...lease.dead_loads, load], recovers, stalled };
  if (!retry) {
    const fresh = (lease.fresh_deaths ?? 0) + 1;
    return { ...counted, fresh_deaths: fresh, ...withTime('not_before', pauseMs(fresh), now) };
  }
  const yesterday = loadStamp(new Date(now.getTime() - 24 * hourMs));
  const often = recovers.filter((dead) => dead > yesterday).length >= mostADay;
  const pause = Math.max(pauseMs(stalled), often ? hourMs : 0);
  return { ...counted, ...withTime('retry_not_before', pause, now) };
}

/** How long the circuit breaker waits after this many dead loads in a row. */
function pauseMs(deadLoads: number): number {
  return deadLoads < patience ? 0 : Math.min(firstPauseMs * 2 ** (deadLoads - patience), longestPauseMs);
}

function withTime(name: 'not_before' | 'retry_not_before', pause: number, now: Date): Partial<LeaseItem> {
  return pause > 0 ? { [name]: new Date(now.getTime() + pause).toISOString() } : {};
}

function isAhead(time: string | undefined, now: Date): boolean {
  return time !== undefined && time > now.toISOString();
}
