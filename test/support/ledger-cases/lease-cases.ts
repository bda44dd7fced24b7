import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { isPaused, readLease } from '../../../pipeline/ledger/lease.ts';
import {
  closeLoad,
  markCommitted,
  markStarted,
  prepareLoad,
  readLoad,
} from '../../../pipeline/ledger/load.ts';
import { kill, loadItem, now, receipt, take } from './loads.ts';

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

    it('forgets dead loads and the pause at the next commit', async () => {
      for (const load of ['L1', 'L2', 'L3']) await kill(ledger(), load);
      await take(ledger(), 'L4');
      await markStarted(ledger(), 'L4', 'jr_1', now);
      await markCommitted(ledger(), 'L4', receipt, now);
      expect(await closeLoad(ledger(), 'L4')).to.equal(true);
      expect(await readLease(ledger())).to.deep.equal({ pk: 'LEASE', sk: 'LEASE', token: 4, dead_loads: [] });
    });
  });
}
