import { expect } from 'chai';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { differenceOf } from '../../../pipeline/table/same-table.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const orders: Partial<TableDefinition> = {
  name: 'orders',
  columns: [column('id', 'bigint'), column('state', 'varchar'), column('at', 'timestamp')],
  primary_key: ['id'],
};
const difference = (other: Partial<TableDefinition>, one = orders): string | undefined =>
  differenceOf(compileTable(tableDefinition(one)), compileTable(tableDefinition({ ...orders, ...other })));

describe('two resources of one table', () => {
  it('may find their records and values in different places', () => {
    const columns = (orders.columns ?? []).map((one) => ({ ...one, from: { record: `$.data.${one.name}` } }));
    expect(
      difference({ data_selector: '$.events', shape: 'list', columns, include_when: 'id > 0' }),
    ).to.equal(undefined);
  });

  it('may remove rows in one of them, when the other says that they can go', () => {
    expect(difference({ delete_when: 'id = 1' })).to.equal('delete_when');
    expect(difference({ delete_when: 'id = 1' }, { ...orders, removable: true })).to.equal(undefined);
  });

  it('must agree about the time that says where a row lies', () => {
    const columns = [...(orders.columns ?? []), column('paid_at', 'timestamp')];
    const [one, other] = ['at', 'paid_at'].map((event_time) => ({ ...orders, columns, event_time }));
    const daily = { partition_by: 'day' } as const;
    expect(difference({ ...one, ...daily }, { ...other, ...daily })).to.equal('event_time');
    expect(difference({ ...one }, { ...other })).to.equal(undefined);
  });

  const differences: [string, Partial<TableDefinition>][] = [
    ['columns', { columns: [column('id', 'bigint'), column('state', 'varchar')] }],
    ['columns', { columns: [column('id', 'bigint'), column('state', 'double'), column('at', 'timestamp')] }],
    ['key', { primary_key: ['id', 'state'] }],
    ['partition_by', { partition_by: 'day', event_time: 'at' }],
    ['files_per_partition', { files_per_partition: 2 }],
    ['order_by', { order_by: ['at'] }],
    ['reconcile', { marked: true }],
    ['moving_keys', { moving_keys: true }],
  ];
  for (const [part, other] of differences) {
    it(`must agree about ${part}: ${JSON.stringify(other)}`, () => {
      expect(difference(other)).to.equal(part);
    });
  }
});
