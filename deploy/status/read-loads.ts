/** What the ledger knows of loads. */
import type { LoadItem, LoadState } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { newestLoads } from '../../pipeline/ledger/list-loads.ts';
import { readLoad } from '../../pipeline/ledger/load.ts';
import type { Receipt } from '../../pipeline/receipt.ts';

export interface LoadsStatus {
  /** The one that runs. */
  active?: LoadStatus;
  /** The newest that went well. */
  last?: LoadStatus;
  /** The newest that did not. */
  dead?: LoadStatus;
  /** Those that died since the last one that went well. */
  deadInARow: number;
  /** After several dead ones no load begins before. */
  notBefore?: string;
  /** The same for what loads have died over; others go on meanwhile. */
  retryNotBefore?: string;
}

export interface LoadStatus {
  load: string;
  state: LoadState;
  createdAt: string;
  endedAt?: string;
  objects: number;
  bytes: number;
  receipt?: Receipt;
  error?: string;
}

/** Enough to hold the last one that went well, unless the circuit breaker has been at work for days. */
const mostLooked = 30;

export async function readLoads(ledger: Ledger): Promise<LoadsStatus> {
  const [lease, loads] = await Promise.all([readLease(ledger), lookAtLoads(ledger)]);
  const find = async (states: LoadState[], load?: string): Promise<LoadStatus | undefined> => {
    const found = loads.find((one) => (load === undefined ? states.includes(one.state) : one.load === load));
    const item = found ?? (load === undefined ? undefined : await readLoad(ledger, load));
    return item && describeLoad(item);
  };
  const active = lease.load === undefined ? undefined : await find([], lease.load);
  const last = await find(['closed', 'committed']);
  const dead = await find(['failed'], lease.dead_loads.at(-1));
  return {
    ...(active && { active }),
    ...(last && { last }),
    ...(dead && { dead }),
    deadInARow: lease.dead_loads.length,
    ...(lease.not_before !== undefined && { notBefore: lease.not_before }),
    ...(lease.retry_not_before !== undefined && { retryNotBefore: lease.retry_not_before }),
  };
}

/** The newest first. */
async function lookAtLoads(ledger: Ledger): Promise<LoadItem[]> {
  const loads: LoadItem[] = [];
  for await (const load of newestLoads(ledger)) if (loads.push(load) === mostLooked) break;
  return loads;
}

export function describeLoad(item: LoadItem): LoadStatus {
  const { load, state, created_at: createdAt, ended_at: endedAt, objects, bytes, receipt, error } = item;
  return {
    load,
    state,
    createdAt,
    ...(endedAt !== undefined && { endedAt }),
    objects,
    bytes,
    ...(receipt && { receipt }),
    ...(error !== undefined && { error }),
  };
}
