import type { Receipt } from '../../pipeline/receipt.ts';
import { count } from '../figures.ts';

const outcomes = ['filtered', 'quarantined', 'duplicate', 'updated', 'inserted', 'deleted'] as const;

/** `1,200 rows parsed = 1,150 updated + 50 inserted · 24 of 30 files written`, and what does not add up. */
export function describeReceipt(receipt: Receipt): string {
  const { rowsParsed, removed, files, filesWritten, balanced, faults, held = [] } = receipt;
  const parts = outcomes
    .filter((name) => receipt[name] !== 0)
    .map((name) => `${receipt[name].toLocaleString('en')} ${name}`);
  // Receipts of earlier versions lack both.
  const ways = (['vanished', 'moved'] as const)
    .filter((name) => receipt[name] > 0)
    .map((name) => `${receipt[name].toLocaleString('en')} ${name}`);
  return [
    `${count(rowsParsed, 'row')} parsed${parts.length > 0 ? ` = ${parts.join(' + ')}` : ''}`,
    ...(removed > 0
      ? [`${count(removed, 'stored row')} removed${ways.length > 0 ? ` (${ways.join(', ')})` : ''}`]
      : []),
    `${filesWritten.toLocaleString('en')} of ${count(files, 'file')} written`,
    ...(held.length > 0 ? [`held: ${held.join(', ')}`] : []),
    ...(balanced ? [] : [`NOT BALANCED: ${faults.join('; ')}`]),
  ].join(' · ');
}
