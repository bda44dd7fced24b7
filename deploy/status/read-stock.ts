/** What the comparison of the bucket with the ledger has found. */
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readStock as readItem } from '../../pipeline/ledger/stock.ts';
import type { StockTaken } from '../../pipeline/ledger/stock-record.ts';

export interface StockStatus {
  /** Of the last two days, every hour; of everything, every day. */
  recent?: StockTakenStatus;
  whole?: StockTakenStatus;
  /** Why it does not go on. */
  fault?: { at: string; error: string };
}

export interface StockTakenStatus {
  at: string;
  /** That committed windows name. */
  objects: number;
  /** Of these: that were on no list, and have been put there. */
  registered: number;
  /** Of these: gone from the bucket; those among them that no load has had; the first keys. */
  missing: number;
  lost: number;
  keys: string[];
  /** Of these: deleted or overwritten, and the bucket still keeps the version. */
  hidden: number;
  /** In the bucket, and of no committed window. */
  unnamed: number;
  unnamedBytes: number;
}

export async function readStock(ledger: Ledger): Promise<StockStatus> {
  const { recent, whole, fault } = (await readItem(ledger)) ?? {};
  return {
    ...(recent && { recent: describe(recent) }),
    ...(whole && { whole: describe(whole) }),
    ...(fault && { fault }),
  };
}

function describe({ since: at, found }: StockTaken): StockTakenStatus {
  const { missing_keys: keys, unnamed_bytes: unnamedBytes, ...counts } = found;
  return { at, ...counts, keys, unnamedBytes };
}
