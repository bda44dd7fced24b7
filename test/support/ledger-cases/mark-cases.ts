import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { commitMark, markOf, requestSweep, suspectSweep } from '../../../pipeline/ledger/marks.ts';
import { admitTable, readTable } from '../../../pipeline/ledger/tables.ts';
import { tableSpec } from '../load-samples.ts';

const [first, second, third] = ['10', '11', '12'].map((hour) => `2026-11-21T${hour}:00:00.000Z`) as [
  string,
  string,
  string,
];

export function markCases(ledger: () => Ledger): void {
  const spec = tableSpec('weather', 'hour');
  const marks = async () => {
    const { mark, sweep } = (await readTable(ledger(), 'weather')) ?? {};
    return { ...(mark && { mark }), ...(sweep && { sweep }) };
  };
  const due = async () => {
    const item = await readTable(ledger(), 'weather');
    return item && markOf(item);
  };

  describe('the mark of a table', () => {
    beforeEach(() => admitTable(ledger(), spec));

    it('is none at first', async () => {
      expect(await due()).to.equal(undefined);
    });

    it('is swept first, then it is the mark of every load', async () => {
      await requestSweep(ledger(), spec, first);
      expect(await due()).to.deep.equal({ at: first, sweep: true });
      await commitMark(ledger(), spec, first);
      expect(await due()).to.deep.equal({ at: first });
      expect(await marks()).to.deep.equal({ mark: first });
    });

    it('takes both steps any number of times over', async () => {
      for (let round = 0; round < 2; round += 1) await requestSweep(ledger(), spec, first);
      const { version } = (await readTable(ledger(), 'weather')) ?? {};
      expect(version).to.equal(2);
      for (let round = 0; round < 2; round += 1) await commitMark(ledger(), spec, first);
      await requestSweep(ledger(), spec, first);
      expect(await marks()).to.deep.equal({ mark: first });
      expect((await readTable(ledger(), 'weather'))?.version).to.equal(3);
    });

    it('only rises', async () => {
      await requestSweep(ledger(), spec, second);
      await requestSweep(ledger(), spec, first);
      expect(await marks()).to.deep.equal({ sweep: second });
      await commitMark(ledger(), spec, second);
      await requestSweep(ledger(), spec, first);
      await commitMark(ledger(), spec, first);
      expect(await marks()).to.deep.equal({ mark: second });
    });

    it('remembers the last load that died over the sweep, until it is made', async () => {
      const failedIn = async () => (await readTable(ledger(), 'weather'))?.sweep_failed_in;
      await suspectSweep(ledger(), spec, { at: first, load: 'a' });
      expect(await failedIn(), 'before it is asked for').to.equal(undefined);
      await requestSweep(ledger(), spec, first);
      for (const load of ['a', 'b', 'a']) await suspectSweep(ledger(), spec, { at: first, load });
      expect(await failedIn()).to.equal('b');
      await requestSweep(ledger(), spec, second);
      expect(await failedIn(), 'of a later one, too').to.equal('b');
      await commitMark(ledger(), spec, second);
      expect(await failedIn()).to.equal(undefined);
      await suspectSweep(ledger(), spec, { at: second, load: 'c' });
      expect(await failedIn(), 'once it is made').to.equal(undefined);
    });

    it('leaves a sweep that was asked for while the load ran', async () => {
      await requestSweep(ledger(), spec, first);
      await requestSweep(ledger(), spec, third);
      await commitMark(ledger(), spec, first);
      expect(await marks()).to.deep.equal({ mark: first, sweep: third });
      expect(await due()).to.deep.equal({ at: third, sweep: true });
    });
  });
}
