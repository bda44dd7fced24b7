import { expect } from 'chai';
import { acknowledgeGap, openGaps } from '../../../pipeline/ledger/gaps.ts';
import type { GapItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { recordGap } from '../../../pipeline/ledger/record-gap.ts';
import { later, now } from './loads.ts';

const gap = {
  resource: 'events',
  slice: 'city=berlin',
  from: '2026-10-01T00:00:00Z',
  to: '2026-10-15T00:00:00Z',
};

export function gapCases(ledger: () => Ledger): void {
  const open = async (): Promise<GapItem[]> => {
    const found = [];
    for await (const item of openGaps(ledger())) found.push(item);
    return found;
  };

  describe('gaps', () => {
    it('are open until they are acknowledged, once', async () => {
      expect(await recordGap(ledger(), gap, now)).to.equal(true);
      expect(await recordGap(ledger(), gap, later)).to.equal(false);
      const at = now.toISOString();
      const item = { pk: 'GAP#events', sk: `${gap.from}#city=berlin`, ...gap, found_at: at };
      expect(await open()).to.deep.equal([{ ...item, work: 'gap', work_at: at }]);
      const [found] = await open();
      expect(await acknowledgeGap(ledger(), found as GapItem, later)).to.equal(true);
      expect(await acknowledgeGap(ledger(), found as GapItem, later)).to.equal(false);
      expect(await open()).to.deep.equal([]);
      expect(await recordGap(ledger(), gap, later)).to.equal(false);
      expect(await open()).to.deep.equal([]);
    });

    it('are as many as there are slices and cursors', async () => {
      await recordGap(ledger(), gap, now);
      await recordGap(ledger(), { ...gap, slice: '' }, now);
      await recordGap(ledger(), { ...gap, from: '2026-10-02T00:00:00Z' }, now);
      await recordGap(ledger(), { ...gap, from: 17, to: 400 }, now);
      expect(await open()).to.have.length(4);
    });

    it('grow with time, and are open again then', async () => {
      await recordGap(ledger(), gap, now);
      const [found] = await open();
      expect(await recordGap(ledger(), { ...gap, to: '2026-10-14T00:00:00Z' }, later)).to.equal(false);
      const grown = { ...gap, to: '2026-10-16T00:00:00Z' };
      await acknowledgeGap(ledger(), found as GapItem, later);
      expect(await recordGap(ledger(), grown, later)).to.equal(true);
      const [again, ...more] = await open();
      expect(more).to.deep.equal([]);
      expect(again).to.include({ to: grown.to, found_at: now.toISOString(), work_at: later.toISOString() });
      expect(again).to.not.have.property('acknowledged_at');
    });

    it('are not acknowledged as what they no longer are', async () => {
      await recordGap(ledger(), gap, now);
      const [seen] = await open();
      await recordGap(ledger(), { ...gap, to: '2026-10-16T00:00:00Z' }, later);
      expect(await acknowledgeGap(ledger(), seen as GapItem, later)).to.equal(false);
      expect(await open()).to.have.length(1);
    });

    it('of numbers grow as numbers do', async () => {
      await recordGap(ledger(), { ...gap, from: 1, to: 90 }, now);
      expect(await recordGap(ledger(), { ...gap, from: 1, to: 100 }, now)).to.equal(true);
    });
  });
}
