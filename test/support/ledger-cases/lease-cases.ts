import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { countDeath, isPaused, isRetryPaused, leaseKey, readLease } from '../../../pipeline/ledger/lease.ts';
import { prepareLoad, readLoad } from '../../../pipeline/ledger/load.ts';
import { commit, kill, loadItem, now, take } from './loads.ts';

export function leaseCases(ledger: () => Ledger): void {
  describe('lease', () => {
    it('is free at first', async () => {
      expect(await readLease(ledger())).to.deep.equal({ pk: 'LEASE', sk: 'LEASE', token: 0, dead_loads: [] });
    });

    it('goes to one of eight contenders, and the load exists with it', async () => {
      const lease = await readLease(ledger());
      const contenders = Array.from({ length: 8 }, (_, number) => `L${number}`);
      const got = await Promise.all(
        contenders.map((load) => prepareLoad(ledger(), lease, loadItem(load, 1))),
      );
      // On DynamoDB all of them may lose when their transactions collide, never may two of them win.
      expect(got.filter(Boolean)).to.have.length(1);
      const winner = contenders[got.indexOf(true)] ?? '';
      expect(await readLease(ledger())).to.include({ load: winner, token: 1 });
      const loads = await Promise.all(contenders.map((load) => readLoad(ledger(), load)));
      expect(loads.filter(Boolean).map((load) => load?.load)).to.deep.equal([winner]);
    });

    it('cannot be taken on what was seen before another load', async () => {
      const stale = await readLease(ledger());
      await kill(ledger(), 'L1');
      expect(await prepareLoad(ledger(), stale, loadItem('L2', 1))).to.equal(false);
      expect(await readLoad(ledger(), 'L2')).to.equal(undefined);
      expect(await take(ledger(), 'L2')).to.equal(true);
      expect(await readLease(ledger())).to.include({ token: 2, load: 'L2' });
    });

    it('pauses after three dead loads in a row, longer each time, six hours at most', async () => {
      const pauses = [];
      for (let number = 1; number <= 9; number += 1) {
        await kill(ledger(), `L${number}`);
        const { not_before: until } = await readLease(ledger());
        pauses.push(until === undefined ? 0 : (Date.parse(until) - now.getTime()) / 60_000);
      }
      expect(pauses).to.deep.equal([0, 0, 15, 30, 60, 120, 240, 360, 360]);
      const lease = await readLease(ledger());
      expect(lease.dead_loads).to.deep.equal(['L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'L7', 'L8', 'L9']);
      expect(isPaused(lease, now)).to.equal(true);
      expect(isPaused(lease, new Date('2026-11-21T16:05:00Z'))).to.equal(false);
    });

    it('pauses what loads have died over by the dead loads of both kinds, and nothing else', async () => {
      await kill(ledger(), 'L1');
      for (const load of ['L2', 'L3', 'L4']) await kill(ledger(), load, true);
      const lease = await readLease(ledger());
      expect(lease).to.include({ fresh_deaths: 1, stalled: 4 });
      expect(isPaused(lease, now)).to.equal(false);
      expect(isRetryPaused(lease, now)).to.equal(true);
      expect(lease.retry_not_before).to.equal('2026-11-21T10:35:00.000Z');
    });

    it('tries what loads have died over once an hour, from the 24th dead load within a day on', async () => {
      const loads = Array.from({ length: 24 }, (_, hour) => `20261121T${String(hour).padStart(2, '0')}`);
      for (const load of loads) {
        await kill(ledger(), load, true);
        await commit(ledger(), `${load}30`);
      }
      expect(await readLease(ledger())).to.not.have.property('retry_not_before');
      await kill(ledger(), '20261121T24', true);
      expect((await readLease(ledger())).retry_not_before).to.equal('2026-11-21T11:05:00.000Z');
    });

    it('forgets dead loads and the pauses at the next commit, but not what they may have written', async () => {
      for (const load of ['L1', 'L2', 'L3']) await kill(ledger(), load, load === 'L3');
      await commit(ledger(), 'L4');
      expect(await readLease(ledger())).to.deep.equal({
        ...leaseKey,
        token: 4,
        dead_loads: [],
        recovers: ['L1', 'L2', 'L3'],
      });
    });

    it('keeps the pause of what waited while a load was committed', async () => {
      await kill(ledger(), 'L1');
      for (const load of ['L2', 'L3']) await kill(ledger(), load, true);
      await commit(ledger(), 'L4', true);
      const lease = await readLease(ledger());
      expect(lease).to.include({ stalled: 3, retry_not_before: '2026-11-21T10:20:00.000Z' });
      expect(lease).to.not.have.any.keys('fresh_deaths', 'not_before');
    });

    it('names the last 500 dead loads', async () => {
      const recovers = Array.from({ length: 500 }, (_, number) => `L${1000 + number}`);
      const lease = { ...leaseKey, token: 1, dead_loads: [], recovers };
      const after = countDeath(lease, { load: 'L2000' }, now);
      expect(after.recovers).to.deep.equal([...recovers.slice(1), 'L2000']);
    });
  });
}
