import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { readLease } from '../../../pipeline/ledger/lease.ts';
import {
  buryLoad,
  claimStart,
  closeLoad,
  markCommitted,
  markFailed,
  markStarted,
  readLoad,
} from '../../../pipeline/ledger/load.ts';
import { later, loadItem, now, receipt, take } from './loads.ts';

export function loadCases(ledger: () => Ledger): void {
  const state = async (): Promise<string | undefined> => (await readLoad(ledger(), 'L1'))?.state;

  describe('load', () => {
    beforeEach(() => take(ledger(), 'L1'));

    it('goes from prepared to closed, each step once', async () => {
      expect(await markStarted(ledger(), 'L1', 'jr_1', now)).to.equal(true);
      expect(await markStarted(ledger(), 'L1', 'jr_2', now)).to.equal(false);
      expect(await markCommitted(ledger(), 'L1', receipt, later)).to.equal(true);
      expect(await markCommitted(ledger(), 'L1', receipt, later)).to.equal(false);
      expect(await closeLoad(ledger(), { load: 'L1' })).to.equal(true);
      expect(await closeLoad(ledger(), { load: 'L1' })).to.equal(false);
      const { work, work_at, ...rest } = loadItem('L1', 1);
      expect(work).to.equal('load');
      expect(work_at).to.equal(now.toISOString());
      expect(await readLoad(ledger(), 'L1')).to.deep.equal({
        ...rest,
        state: 'closed',
        job_run_id: 'jr_1',
        started_at: now.toISOString(),
        ended_at: later.toISOString(),
        receipt,
      });
    });

    it('takes no step out of order', async () => {
      const lease = await readLease(ledger());
      expect(await markCommitted(ledger(), 'L1', receipt, now)).to.equal(false);
      expect(await markFailed(ledger(), 'L1', { error: 'x' }, now)).to.equal(false);
      expect(await closeLoad(ledger(), { load: 'L1' })).to.equal(false);
      expect(await buryLoad(ledger(), lease, { load: { load: 'L1' }, now })).to.equal(false);
      expect(await state()).to.equal('prepared');
      expect(await readLease(ledger())).to.deep.equal(lease);
    });

    it('is either committed or failed', async () => {
      await markStarted(ledger(), 'L1', 'jr_1', now);
      const results = await Promise.all([
        markCommitted(ledger(), 'L1', receipt, now),
        markFailed(ledger(), 'L1', { error: 'x' }, now),
      ]);
      expect(results.filter(Boolean)).to.have.length(1);
    });

    it('is buried once, and only once counts as dead', async () => {
      await markStarted(ledger(), 'L1', 'jr_1', now);
      await markFailed(ledger(), 'L1', { error: 'x' }, now);
      const lease = await readLease(ledger());
      expect(await buryLoad(ledger(), lease, { load: { load: 'L1' }, now })).to.equal(true);
      expect(await buryLoad(ledger(), lease, { load: { load: 'L1' }, now })).to.equal(false);
      expect((await readLease(ledger())).dead_loads).to.deep.equal(['L1']);
      expect(await readLoad(ledger(), 'L1')).to.include({ state: 'failed', error: 'x' });
      expect(await readLoad(ledger(), 'L1')).to.not.have.any.keys('work', 'work_at');
    });

    it('lets one dispatcher at a time claim the start', async () => {
      const seen = await readLoad(ledger(), 'L1');
      if (!seen) throw new Error('the load is gone');
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimStart(ledger(), seen, later)));
      expect(claims.filter(Boolean)).to.have.length(1);
      const after = await readLoad(ledger(), 'L1');
      expect(after?.starting_until).to.equal(later.toISOString());
      if (!after) throw new Error('the load is gone');
      expect(await claimStart(ledger(), after, new Date('2026-11-21T12:00:00Z'))).to.equal(true);
      await markStarted(ledger(), 'L1', 'jr_1', now);
      expect(await readLoad(ledger(), 'L1')).to.not.have.property('starting_until');
      expect(await claimStart(ledger(), seen, later)).to.equal(false);
    });
  });
}
