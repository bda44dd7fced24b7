import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import {
  beginGeneration,
  countLoad,
  forgetFolder,
  noteCheck,
  noteRebuilt,
  takeGeneration,
} from '../../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../../pipeline/ledger/items.ts';
import { readLease } from '../../../pipeline/ledger/lease.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { loadsAfter, newestLoad } from '../../../pipeline/ledger/list-loads.ts';
import { prepareLoad } from '../../../pipeline/ledger/load.ts';
import { countAttempt, findPending, markDone, registerObject } from '../../../pipeline/ledger/objects.ts';
import { openWork } from '../../../pipeline/ledger/open-work.ts';
import { countWaiting, reopenObjects } from '../../../pipeline/ledger/reload-objects.ts';
import { admitTable, readTable } from '../../../pipeline/ledger/tables.ts';
import { fetchItem, tableSpec } from '../load-samples.ts';
import { rejection } from '../rejection.ts';
import { kill, later, loadItem, now, take, quarantine } from './loads.ts';

export function generationCases(ledger: () => Ledger): void {
  const [byHour, byDay] = [tableSpec('weather', 'hour'), tableSpec('weather', 'day')];
  const table = async (): Promise<TableItem> => {
    const item = await readTable(ledger(), 'weather');
    if (!item) throw new Error('the table is not there');
    return item;
  };
  const begin = async (spec = byDay): Promise<TableItem> =>
    beginGeneration(ledger(), { seen: await table(), spec, objects: 3, now });

  describe('generations', () => {
    beforeEach(() => admitTable(ledger(), byHour));

    it('begin beside the layout that is there, and from then on take every row', async () => {
      const { building, version, partition_by } = await begin();
      expect({ version, partition_by }).to.deep.equal({ version: 2, partition_by: 'hour' });
      expect(building).to.deep.equal({
        generation: 2,
        since: now.toISOString(),
        after: '',
        partition_by: 'day',
        files_per_partition: 1,
        columns: byDay.columns,
        key: byDay.key,
        objects: 3,
        rows: 0,
      });
      expect(await admitTable(ledger(), byDay)).to.deep.equal({ folder: 'weather.g2' });
      expect((await admitTable(ledger(), byHour)).refusal).to.contain('partition_by was day, is hour');
      const open: string[] = [];
      for await (const { name } of openWork<TableItem>(ledger(), 'generation')) open.push(name);
      expect(open).to.deep.equal(['weather']);
    });

    it('begin only as they were planned', async () => {
      const seen = await table();
      await begin();
      const error = await rejection(beginGeneration(ledger(), { seen, spec: byDay, objects: 3, now }));
      expect(error.message).to.contain('the ledger has moved since the plan');
      expect((await table()).version).to.equal(2);
    });

    it('take a free lease from whoever has read it before, and leave a held one', async () => {
      await kill(ledger(), 'a');
      const lease = await readLease(ledger());
      expect((await begin()).building?.after).to.equal('a');
      expect(await prepareLoad(ledger(), lease, loadItem('b', lease.token + 1))).to.equal(false);
      expect(await take(ledger(), 'b')).to.equal(true);
      const held = await readLease(ledger());
      expect((await begin(byHour)).building).to.include({ generation: 3, after: 'b' });
      expect(await readLease(ledger())).to.deep.equal(held);
    });

    it('count each load once, in their order', async () => {
      const item = await begin();
      const counts: [string, number, number[]][] = [
        ['a', 10, [2026]],
        ['a', 10, [2026]],
        ['b', -3, []],
        ['a', 10, [2020]],
      ];
      for (const [load, rows, years] of counts) await countLoad(ledger(), item, { load, rows, years });
      expect((await table()).building).to.deep.include({
        rows: 7,
        counted: 'b',
        years: { first: 2026, last: 2026 },
      });
    });

    it('are the table when they are taken, and what was there is retired until it is forgotten', async () => {
      const item = await begin();
      await countLoad(ledger(), item, { load: 'a', rows: 10, years: [2026] });
      await noteRebuilt(ledger(), item);
      await noteCheck(ledger(), item, { token: 1, files: 1, rows: 9, whole: true }, 'a row is missing');
      expect((await table()).building).to.include({ rebuilt: true, fault: 'a row is missing' });
      await noteCheck(ledger(), item, { token: 2, files: 1, rows: 10, whole: true });
      expect((await table()).building).to.not.have.property('fault');

      await takeGeneration(ledger(), item, later);
      const taken = await takeGeneration(ledger(), item, later);
      const folder = { folder: 'weather', since: later.toISOString() };
      expect(taken).to.deep.include({
        generation: 2,
        partition_by: 'day',
        key: byDay.key,
        years: { first: 2026, last: 2026 },
        made: { at: later.toISOString(), files: 1, rows: 10 },
        retired: [folder],
      });
      expect(taken).to.not.have.property('building');
      expect(await admitTable(ledger(), byDay)).to.deep.equal({ folder: 'weather.g2' });
      // A wake-up that comes late with what it knew of the generation while it was building.
      expect(await countLoad(ledger(), item, { load: 'b', rows: 1, years: [] })).to.deep.equal(taken);

      await forgetFolder(ledger(), item, 'weather');
      await forgetFolder(ledger(), item, 'weather');
      expect(await table()).to.not.have.any.keys('retired', 'work', 'work_at');
    });

    it('put back what was loaded before, once, and no object that was never loaded', async () => {
      const fetch = { ...fetchItem('weather', '2026-11-21T10:00:00Z', 5), ended_at: now.toISOString() };
      const keys = fetch.objects?.map(({ key }) => key) ?? [];
      await putFetch(fetch);
      for (const object of fetch.objects ?? []) await registerObject(ledger(), { fetch, object, now });
      const done = (some: string[], load: string) =>
        markDone(ledger(), { objects: new Map(some.map((key) => [key, { rows: 1, quarantined: 0 }])), load });
      await done(keys.slice(0, 3), 'a');
      await done(keys.slice(3, 4), 'c');

      const reload = { resources: ['weather'], after: 'b' };
      const reopen = () => reopenObjects(ledger(), reload, { now: () => later });
      expect(await reopen()).to.deep.equal({ objects: 5, reopened: 3, waiting: 3, quarantined: 0 });
      expect(await reopen()).to.deep.equal({ objects: 5, reopened: 0, waiting: 3, quarantined: 0 });
      const { objects } = await findPending(ledger(), { resources: new Set(['weather']), limit: 100 });
      expect(objects.map(({ key }) => key)).to.have.members([...keys.slice(0, 3), ...keys.slice(4)]);
      expect(await countWaiting(ledger(), reload)).to.equal(3);
      expect(await countWaiting(ledger(), reload, 1)).to.be.greaterThan(0);
      expect(await countWaiting(ledger(), { ...reload, resources: ['other'] })).to.equal(0);
      // Of the load that had it before, come late: it is not done by that.
      await done(keys.slice(0, 3), 'a');
      expect((await reopen()).waiting).to.equal(3);
      await done(keys.slice(0, 3), 'd');
      expect(await reopen()).to.deep.equal({ objects: 5, reopened: 0, waiting: 0, quarantined: 0 });
    });

    it('wait for what a load has died over, and for nothing in quarantine', async () => {
      const fetch = { ...fetchItem('weather', '2026-11-21T10:00:00Z', 3), ended_at: now.toISOString() };
      const [first = '', second = '', third = ''] = fetch.objects?.map(({ key }) => key) ?? [];
      await putFetch(fetch);
      for (const object of fetch.objects ?? []) await registerObject(ledger(), { fetch, object, now });
      await markDone(ledger(), { objects: new Map([[first, { rows: 1, quarantined: 0 }]]), load: 'a' });
      await countAttempt(ledger(), { keys: [second], load: 'b' });
      const reload = { resources: ['weather'], after: 'b' };
      const reopen = () => reopenObjects(ledger(), reload, { now: () => later });
      expect(await reopen()).to.deep.equal({ objects: 3, reopened: 1, waiting: 2, quarantined: 0 });
      expect(await countWaiting(ledger(), reload)).to.equal(2);
      await countAttempt(ledger(), { keys: [first, third], load: 'c' });
      expect((await reopen()).waiting).to.equal(3);
      for (const key of [first, second]) await quarantine(ledger(), key);
      expect(await reopen()).to.deep.equal({ objects: 3, reopened: 0, waiting: 1, quarantined: 2 });
    });

    it('find the loads since one, the oldest first', async () => {
      expect(await newestLoad(ledger())).to.equal('');
      for (const load of ['a', 'b', 'c', 'd', 'e']) await kill(ledger(), load);
      expect(await newestLoad(ledger())).to.equal('e');
      expect((await loadsAfter(ledger(), 'b')).map(({ load }) => load)).to.deep.equal(['c', 'd', 'e']);
      expect(await loadsAfter(ledger(), 'e')).to.deep.equal([]);
    });
  });

  const putFetch = async (fetch: object): Promise<void> => {
    await ledger().dynamo.send(new PutCommand({ TableName: ledger().table, Item: fetch as never }));
  };
}
