import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { ObjectItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import {
  confirmPending,
  countAttempt,
  findPending,
  markDone,
  registerObject,
} from '../../../pipeline/ledger/objects.ts';
import { fetchItem, landedObject } from '../load-samples.ts';
import { later, now } from './loads.ts';

export function objectCases(ledger: () => Ledger): void {
  const object = async (key: string): Promise<ObjectItem> => {
    const answer = await ledger().dynamo.send(
      new GetCommand({ TableName: ledger().table, Key: { pk: `OBJECT#${key}`, sk: 'OBJECT' } }),
    );
    return answer.Item as ObjectItem;
  };

  const done = (keys: string[], load: string): Promise<void> =>
    markDone(ledger(), { objects: new Map(keys.map((key) => [key, { rows: 7, quarantined: 2 }])), load });

  const pending = (resources = ['weather'], limit = 1000) =>
    findPending(ledger(), { resources: new Set(resources), limit });

  describe('objects', () => {
    const fetch = fetchItem('weather', '2026-11-21T10:00:00Z', 40);
    const keys = fetch.objects?.map(({ key }) => key) ?? [];
    const register = async (): Promise<void> => {
      for (const landed of fetch.objects ?? [])
        await registerObject(ledger(), { fetch, object: landed, now });
    };

    it('registers an object once and spreads them over the shards', async () => {
      await register();
      expect(
        await registerObject(ledger(), { fetch, object: landedObject(keys[0] ?? ''), now: later }),
      ).to.equal(false);
      const { objects } = await pending();
      expect(objects.map(({ key }) => key)).to.have.members(keys);
      expect(objects.every(({ registered_at }) => registered_at === now.toISOString())).to.equal(true);
      expect(new Set(objects.map(({ work }) => work)).size).to.be.greaterThan(8);
    });

    it('passes over objects of other resources and names these', async () => {
      await register();
      expect(await pending(['other'])).to.deep.equal({ objects: [], strangers: ['weather'] });
    });

    it('takes no more of a shard than its part of the limit', async () => {
      await register();
      const { objects } = await pending(['weather'], 16);
      expect(new Set(objects.map(({ work }) => work)).size).to.equal(objects.length);
    });

    it('confirms from the table what the index may have shown too long', async () => {
      await register();
      const { objects } = await pending();
      await done(keys.slice(0, 30), 'L1');
      const confirmed = await confirmPending(ledger(), objects);
      expect(confirmed.map(({ key }) => key)).to.have.members(keys.slice(30));
      expect((await pending()).objects).to.have.length(10);
    });

    it('keeps the load that committed an object first', async () => {
      await register();
      await done(['raw/not/registered', ...keys], 'L1');
      await done(keys, 'L2');
      expect(await object(keys[0] ?? '')).to.include({ state: 'done', load: 'L1', rows: 7, quarantined: 2 });
      expect(await object(keys[0] ?? '')).to.not.have.any.keys('work', 'work_at');
      expect(await object('raw/not/registered')).to.equal(undefined);
    });

    it('is not done by a load that is repeated after the object became pending again', async () => {
      await register();
      await done(keys, 'L2');
      const [key = ''] = keys;
      const again = {
        ...(await object(key)),
        state: 'pending',
        work: 'object#00',
        work_at: now.toISOString(),
      };
      await ledger().dynamo.send(new PutCommand({ TableName: ledger().table, Item: again }));
      await done([key], 'L2');
      expect(await object(key)).to.include({ state: 'pending', load: 'L2' });
      await done([key], 'L3');
      expect(await object(key)).to.include({ state: 'done', load: 'L3' });
    });

    it('counts a dead load once per object, and never an older one after a newer one', async () => {
      await register();
      const [key = ''] = keys;
      for (const load of ['L1', 'L1', 'L2', 'L1']) await countAttempt(ledger(), { keys: [key], load });
      expect(await object(key)).to.include({ attempts: 2, failed_in: 'L2', state: 'pending' });
      await done([key], 'L3');
      await countAttempt(ledger(), { keys: [key], load: 'L4' });
      expect(await object(key)).to.include({ attempts: 2, state: 'done' });
    });
  });
}
