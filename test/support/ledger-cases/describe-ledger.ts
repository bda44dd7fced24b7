/** What the ledger promises, whatever DynamoDB is behind it: the unit tests run this in memory, e2e on the local AWS. */
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { commitCases } from './commit-cases.ts';
import { gapCases } from './gap-cases.ts';
import { generationCases } from './generation-cases.ts';
import { leaseCases } from './lease-cases.ts';
import { listingCases } from './listing-cases.ts';
import { loadCases } from './load-cases.ts';
import { markCases } from './mark-cases.ts';
import { objectCases } from './object-cases.ts';
import { pauseCases } from './pause-cases.ts';
import { tableCases } from './table-cases.ts';
import { windowCases } from './window-cases.ts';

/** `makeLedger` gives an empty one to each test. */
export function describeLedger(where: string, makeLedger: () => Promise<Ledger>): void {
  describe(`ledger, ${where}`, () => {
    let made: Ledger;
    beforeEach(async () => {
      made = await makeLedger();
    });
    const all = [
      windowCases,
      pauseCases,
      commitCases,
      gapCases,
      objectCases,
      leaseCases,
      loadCases,
      tableCases,
      listingCases,
      markCases,
      generationCases,
    ];
    for (const cases of all) cases(() => made);
  });
}
