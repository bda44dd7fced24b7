import { workIndex } from './items.ts';
import type { Ledger } from './ledger.ts';
import { queryItems } from './query-items.ts';

/**
 * What the index shows as open, oldest first. The index follows the table with a delay: an item may be missing still, or
 * be shown after its work is done. So this says where to look, never what is.
 */
export function openWork<Item>(ledger: Ledger, work: string): AsyncGenerator<Item> {
  return queryItems(ledger, { where: '#work = :work', values: { work }, index: workIndex });
}
