import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { committedFetches, committedSince, markRegistered } from '../../../pipeline/ledger/fetches.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { closeListing, openListings, readListed, type Listing } from '../../../pipeline/ledger/listings.ts';
import { markDone, registerObject } from '../../../pipeline/ledger/objects.ts';
import { fetchItem } from '../load-samples.ts';
import { now } from './loads.ts';

const objects = 130;
const counts = { rows: 3, quarantined: 0 };
const listing = {
  ...fetchItem('weather', '2026-11-21T10:00:00Z', objects),
  complete_from: '2026-11-21T10:00:01.000Z',
};
const keys = listing.objects?.map(({ key }) => key) ?? [];

const at = (hour: string) => `2026-11-21T${hour}:00:00Z`;

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

export function listingCases(ledger: () => Ledger): void {
  const put = (item: object): Promise<unknown> =>
    ledger().dynamo.send(new PutCommand({ TableName: ledger().table, Item: { ...item } }));
  const open = (): Promise<Listing[]> => collect(openListings(ledger()));
  const register = async (): Promise<void> => {
    const landed = listing.objects ?? [];
    await Promise.all(landed.map((object) => registerObject(ledger(), { fetch: listing, object, now })));
  };
  const done = (some: string[], found = counts): Promise<void> =>
    markDone(ledger(), { objects: new Map(some.map((key) => [key, found])), load: 'L1' });

  describe('listings', () => {
    it('are open from the registration of their objects until they are judged, once', async () => {
      await put(listing);
      expect(await open()).to.deep.equal([]);
      await markRegistered(ledger(), listing);
      expect(await collect(committedFetches(ledger()))).to.deep.equal([]);
      expect(await open()).to.deep.equal([{ ...listing, work: 'listing' }]);
      expect(await closeListing(ledger(), listing)).to.equal(true);
      expect(await closeListing(ledger(), listing)).to.equal(false);
      // By a wake-up that has read the window long ago.
      await markRegistered(ledger(), listing);
      expect(await open()).to.deep.equal([]);
    });

    it('are not judged in the name of another attempt', async () => {
      await put({ ...listing, attempt: 2, work: 'listing' });
      expect(await closeListing(ledger(), listing)).to.equal(false);
      expect(await open()).to.have.length(1);
    });

    it('have nothing to say while any of their objects is pending', async () => {
      await register();
      expect(await readListed(ledger(), listing)).to.equal(undefined);
      await done(keys.slice(1));
      expect(await readListed(ledger(), listing)).to.equal(undefined);
      await done(keys.slice(0, 1), { rows: 0, quarantined: 4 });
      expect(await readListed(ledger(), listing)).to.deep.equal({
        rows: (objects - 1) * 3,
        quarantined: 4,
        unread: 0,
      });
    });

    it('count objects of which nothing is known', async () => {
      await register();
      await done(keys);
      const key = { pk: `OBJECT#${keys[0]}`, sk: 'OBJECT' };
      await put({ ...key, key: keys[0], state: 'quarantined' });
      const strange = {
        ...listing,
        objects: [...(listing.objects ?? []), { ...listing.objects?.[0], key: 'x' }],
      };
      expect(await readListed(ledger(), strange as Listing)).to.deep.include({ unread: 2 });
    });

    it('of no objects are empty', async () => {
      const empty = { rows: 0, quarantined: 0, unread: 0 };
      expect(await readListed(ledger(), { ...listing, objects: [] })).to.deep.equal(empty);
    });
  });

  describe('windows committed since a time', () => {
    it('are the newest ones, up to the last that ended before', async () => {
      for (const hour of ['06', '07', '08', '09', '10', '11']) {
        await put({ ...fetchItem('weather', at(hour), 1), ended_at: `2026-11-21T${hour}:30:00Z` });
      }
      await put({ ...fetchItem('weather', at('12'), 1), state: 'paused', ended_at: at('12') });
      await put({ ...fetchItem('cities', at('11'), 1), ended_at: at('11') });
      const found = await collect(committedSince(ledger(), 'weather', '2026-11-21T08:30:00Z'));
      expect(found.map(({ scheduled_at }) => scheduled_at)).to.deep.equal(['11', '10', '09', '08'].map(at));
      expect(await collect(committedSince(ledger(), 'weather', at('12')))).to.deep.equal([]);
    });
  });
}
