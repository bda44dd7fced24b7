import type { LoadItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { queryItems } from './query-items.ts';

/** Loads that were prepared after that one, the oldest first: their ids sort by time. */
export async function loadsAfter(ledger: Ledger, load: string): Promise<LoadItem[]> {
  const found: LoadItem[] = [];
  for await (const item of newestLoads(ledger)) {
    if (item.load <= load) break;
    found.unshift(item);
  }
  return found;
}

/** Its id; empty where there was none yet. */
export async function newestLoad(ledger: Ledger): Promise<string> {
  for await (const { load } of newestLoads(ledger)) return load;
  return '';
}

export function newestLoads(ledger: Ledger): AsyncGenerator<LoadItem> {
  return queryItems(ledger, {
    where: '#pk = :pk',
    values: { pk: 'LOAD' },
    newestFirst: true,
    consistent: true,
    pageSize: 20,
  });
}
