import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { ObjectItem } from '../../../pipeline/ledger/items.ts';
import { readLease } from '../../../pipeline/ledger/lease.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { buryLoad, markFailed, markStarted } from '../../../pipeline/ledger/load.ts';
import {
  confirmPending,
  countAttempt,
  findPending,
  markDone,
  registerObject,
  shardOf,
} from '../../../pipeline/ledger/objects.ts';
import { examineSuspect, quarantinedObjects, releaseObject } from '../../../pipeline/ledger/quarantine.ts';
import { fetchItem, landedObject } from '../load-samples.ts';
import { commit, later, now, take } from './loads.ts';

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

    it('finds those that loads have died over beside the others, neither hiding the other', async () => {
      await register();
      const [first, rest] = [keys.slice(0, 36), keys.slice(36)];
      await countAttempt(ledger(), { keys: first, load: 'L1' });
      const { objects } = await pending(['weather'], 16);
      const fresh = objects.filter(({ failed_in }) => failed_in === undefined).map(({ key }) => key);
      expect(new Set(rest.map(shardOf)).size).to.equal(fresh.length);
      expect(objects.length - fresh.length).to.equal(new Set(first.map(shardOf)).size);
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

    it('are put away with the load that died over one of them alone, and back on the list once', async () => {
      await register();
      const [key = ''] = keys;
      await take(ledger(), 'L1');
      await markStarted(ledger(), 'L1', 'jr_1', now);
      await markFailed(ledger(), 'L1', { error: 'out of memory' }, now);
      await countAttempt(ledger(), { keys: [key], load: 'L1' });
      const lease = await readLease(ledger());
      const death = { load: { load: 'L1', error: 'out of memory' }, culprit: await object(key), now };
      expect(await buryLoad(ledger(), lease, death)).to.equal(true);
      expect(await buryLoad(ledger(), lease, death)).to.equal(false);
      expect(await object(key)).to.include({ state: 'quarantined', attempts: 1, error: 'out of memory' });
      const away = async (): Promise<string[]> => {
        const found = [];
        for await (const item of quarantinedObjects(ledger())) found.push(item.key);
        return found;
      };
      expect(await away()).to.deep.equal([key]);
      expect((await pending()).objects.map((item) => item.key)).to.not.include(key);

      expect(await releaseObject(ledger(), key, later)).to.equal(true);
      expect(await releaseObject(ledger(), key, later)).to.equal(false);
      expect(await object(key)).to.include({ state: 'pending', attempts: 0 });
      expect(await object(key)).to.not.have.any.keys('failed_in', 'error');
      expect(await away()).to.deep.equal([]);
      expect((await pending()).objects.map((item) => item.key)).to.include(key);
    });

    it('are culprits when three loads have died over them, and another has gone well since the first', async () => {
      await register();
      const [key = ''] = keys;
      const dies = async (load: string, after?: string) => {
        await take(ledger(), load, after === undefined ? {} : { after, retry: true });
        await countAttempt(ledger(), { keys: [key], load });
        const suspect = await examineSuspect(ledger(), key, { load });
        await markStarted(ledger(), load, 'jr_1', now);
        await markFailed(ledger(), load, { error: 'x' }, now);
        await buryLoad(ledger(), await readLease(ledger()), { load: { load }, now });
        return { loads: suspect?.loads, isCulprit: suspect?.isCulprit };
      };
      await commit(ledger(), 'L0');
      expect(await dies('L1')).to.deep.equal({ loads: ['L1'], isCulprit: false });
      expect(await dies('L2', 'L1')).to.deep.equal({ loads: ['L1', 'L2'], isCulprit: false });
      await commit(ledger(), 'L3');
      expect(await dies('L4', 'L2')).to.deep.equal({ loads: ['L1', 'L2', 'L4'], isCulprit: true });
      await countAttempt(ledger(), { keys: keys.slice(1, 2), load: 'L1' });
      await countAttempt(ledger(), { keys: keys.slice(1, 2), load: 'L4' });
      expect(await examineSuspect(ledger(), keys[1] ?? '', { load: 'L4' }), 'of two').to.include({
        isCulprit: false,
      });
      expect(await examineSuspect(ledger(), key, { load: 'L2' }), 'of a load before').to.equal(undefined);
    });
  });
}
