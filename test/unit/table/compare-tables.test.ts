import { expect } from 'chai';
import * as fc from 'fast-check';
import { admitTable } from '../../../pipeline/ledger/tables.ts';
import { compareTables } from '../../../pipeline/table/compare-tables.ts';
import { holdsAll } from '../../../pipeline/table/holds-all.ts';
import type { Column, ColumnType, TableSpec } from '../../../pipeline/table/table-spec.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { tableSpec } from '../../support/load-samples.ts';

describe('compareTables', () => {
  const types: ColumnType[] = ['bigint', 'varchar', 'decimal(20,0)'];
  const column = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), type: fc.constantFrom(...types) });
  const table = fc
    .record({
      columns: fc.uniqueArray(column, { selector: ({ name }) => name, minLength: 1 }),
      partition_by: fc.constantFrom('hour' as const, 'day' as const),
      files_per_partition: fc.constantFrom(1, 2),
    })
    .map(({ columns, ...layout }): TableSpec => {
      const spec = tableSpec('t', 'hour');
      return { ...spec, ...layout, columns: [...spec.columns, ...(columns as Column[])] };
    });

  it('refuses what the dispatcher refuses, and nothing else, whatever was deployed in between', () =>
    fc.assert(
      fc.asyncProperty(table, table, table, async (files, deployed, is) => {
        const ledger = { table: 'ledger', dynamo: fakeDynamo() };
        await admitTable(ledger, files);
        const changes = compareTables({ before: { spec: deployed }, after: { spec: is }, stored: files });
        const isRefused = changes.some(({ verdict }) => verdict === 'refused');
        expect(isRefused).to.equal((await admitTable(ledger, is)).refusal !== undefined);
      }),
    ));
});

describe('holdsAll', () => {
  const cases: [wide: ColumnType, narrow: ColumnType, held: boolean][] = [
    ['varchar', 'double', true],
    ['timestamp', 'date', true],
    ['date', 'timestamp', false],
    ['double', 'bigint', false],
    ['bigint', 'decimal(18,0)', false],
    ['decimal(19,0)', 'bigint', true],
    ['decimal(18,0)', 'bigint', false],
    ['decimal(20,2)', 'bigint', false],
    ['decimal(12,2)', 'decimal(10,2)', true],
    ['decimal(12,4)', 'decimal(10,2)', true],
    ['decimal(11,4)', 'decimal(10,2)', false],
    ['boolean', 'varchar', false],
  ];
  for (const [wide, narrow, held] of cases) {
    it(`${wide} ${held ? 'holds' : 'does not hold'} every ${narrow}`, () => {
      expect(holdsAll(wide, narrow)).to.equal(held);
    });
  }
});
