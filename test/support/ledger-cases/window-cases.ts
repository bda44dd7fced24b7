import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { committedFetches, markRegistered } from '../../../pipeline/ledger/fetches.ts';
import type { FetchItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { fetchItem } from '../load-samples.ts';

export function windowCases(ledger: () => Ledger): void {
  const put = (fetch: FetchItem): Promise<unknown> =>
    ledger().dynamo.send(new PutCommand({ TableName: ledger().table, Item: fetch }));
  const openFetches = async (): Promise<FetchItem[]> => {
    const found = [];
    for await (const fetch of committedFetches(ledger())) found.push(fetch);
    return found;
  };

  describe('windows', () => {
    it('finds committed ones until they are registered', async () => {
      const fetch = fetchItem('weather', '2026-11-21T10:00:00Z', 1);
      await put(fetch);
      await put({ ...fetch, sk: 'AT#2026-11-21T09:00:00Z', state: 'fetching', work: undefined as never });
      expect(await openFetches()).to.deep.equal([fetch]);
      await markRegistered(ledger(), fetch);
      await markRegistered(ledger(), fetch);
      expect(await openFetches()).to.deep.equal([]);
    });

    it('keeps a later attempt of the same window open', async () => {
      const fetch = fetchItem('weather', '2026-11-21T10:00:00Z', 1);
      await put({ ...fetch, attempt: 2 });
      await markRegistered(ledger(), fetch);
      expect(await openFetches()).to.have.length(1);
    });
  });
}
