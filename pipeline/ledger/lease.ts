/** The lease says which load is the active one; there is never more than one. */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { LeaseItem } from './items.ts';
import type { Ledger } from './ledger.ts';

export const leaseKey = { pk: 'LEASE', sk: 'LEASE' };

/** Dead loads in a row that are retried at once; from then on the circuit breaker slows the attempts. */
const patience = 3;
const firstPauseMs = 15 * 60_000;
const longestPauseMs = 6 * 3_600_000;

/** The lease as it is; before the first load it is free and its token is 0. */
export async function readLease(ledger: Ledger): Promise<LeaseItem> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: leaseKey, ConsistentRead: true }),
  );
  return { ...leaseKey, token: 0, dead_loads: [], ...(answer.Item as Partial<LeaseItem> | undefined) };
}

export function isPaused(lease: LeaseItem, now: Date): boolean {
  return lease.not_before !== undefined && lease.not_before > now.toISOString();
}

/** When the circuit breaker lets the next load start, after this many dead ones in a row; undefined: at once. */
export function pauseUntil(deadLoads: number, now: Date): Date | undefined {
  if (deadLoads < patience) return undefined;
  const pause = Math.min(firstPauseMs * 2 ** (deadLoads - patience), longestPauseMs);
  return new Date(now.getTime() + pause);
}
