import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { admitTable, coverYears, readTable } from '../../../pipeline/ledger/tables.ts';
import { tableSpec } from '../load-samples.ts';

export function tableCases(ledger: () => Ledger): void {
  describe('tables', () => {
    const spec = tableSpec('weather', 'hour');

    it('fixes the layout when a table is first loaded', async () => {
      expect(await admitTable(ledger(), spec)).to.deep.equal({ folder: 'weather' });
      expect(await admitTable(ledger(), spec)).to.deep.equal({ folder: 'weather' });
      expect(await readTable(ledger(), 'weather')).to.deep.equal({
        pk: 'TABLE#weather',
        sk: 'TABLE',
        version: 1,
        name: 'weather',
        partition_by: 'hour',
        files_per_partition: 1,
        columns: spec.columns,
        key: ['city', 'time'],
      });
    });

    it('adds columns at the end', async () => {
      await admitTable(ledger(), spec);
      const rain = { name: 'rain', type: 'double' as const };
      const [first, ...others] = spec.columns;
      if (!first) throw new Error('a table has columns');
      const grown = { ...spec, columns: [first, rain, ...others] };
      expect(await admitTable(ledger(), grown)).to.deep.equal({ folder: 'weather' });
      expect((await readTable(ledger(), 'weather'))?.columns).to.deep.equal([...spec.columns, rain]);
    });

    const changes: [string, Partial<typeof spec>, string][] = [
      ['other partitions', { partition_by: 'day' }, 'partition_by was hour, is day'],
      ['another key', { key: ['city'] }, 'the key was city, time, is city'],
      ['another number of files', { files_per_partition: 4 }, 'files_per_partition was 1, is 4'],
      [
        'another type',
        {
          columns: spec.columns.map((column) =>
            column.name === 'city' ? { ...column, type: 'bigint' } : column,
          ),
        },
        'column city was varchar, is bigint',
      ],
      [
        'a column less',
        { columns: spec.columns.filter((column) => column.name !== 'city') },
        'column city was varchar, is gone',
      ],
    ];
    for (const [what, change, words] of changes) {
      it(`refuses ${what}, and changes nothing`, async () => {
        await admitTable(ledger(), spec);
        const before = await readTable(ledger(), 'weather');
        const { refusal } = await admitTable(ledger(), { ...spec, ...change });
        expect(refusal).to.contain(words);
        expect(refusal).to.contain('catchwater reprocess --table weather');
        expect(await readTable(ledger(), 'weather')).to.deep.equal(before);
      });
    }

    it('widens the years, and loses none when several do it at once', async () => {
      await admitTable(ledger(), spec);
      await Promise.all([2026, 2024, 2027].map((year) => coverYears(ledger(), spec, [year])));
      expect((await coverYears(ledger(), spec, [])).years).to.deep.equal({ first: 2024, last: 2027 });
      expect((await coverYears(ledger(), spec, [2025])).version).to.equal(4);
    });

    it('has no years while nothing is stored', async () => {
      expect(await coverYears(ledger(), spec, [])).to.not.have.property('years');
    });
  });
}
