import { expect } from 'chai';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { differenceOf } from '../../../pipeline/table/same-table.ts';
import { changed, loadText } from './load-weather.ts';

/** A list that is fetched once, and the feed of its changes. */
const shop = `version: 1
name: shop
client: { base_url: 'https://api.example.com/' }
resources:
  - name: orders
    every: once
    endpoint: { path: orders }
    columns: { id: bigint, state: string, email: { type: string, hash: { secret: salt } }, at: timestamp }
    primary_key: id
    order_by: at
    partition_by: none
  - name: order_events
    table_name: orders
    endpoint: { path: events, params: { since: '{incremental.start_value}' } }
    incremental: { cursor_path: $.at, initial_value: '2026-01-01' }
    columns:
      id: { type: bigint, from: $.order.id }
      state: { type: string, from: $.order.state }
      email: { type: string, from: $.order.email, hash: { secret: salt } }
      at: timestamp
    delete_when: record->>'type' = 'deleted'
    primary_key: id
    order_by: at
    partition_by: none
`;

async function problemsOf(text: string): Promise<string[]> {
  const loaded = await loadText(text);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  return problems.map(
    ({ severity, line, column, message }) =>
      `${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}`,
  );
}

describe('resources that feed one table', () => {
  it('are compiled to the same table, whose rows can go through each of them', async () => {
    const loaded = await loadText(shop);
    expect(loaded.ok && loaded.warnings).to.deep.equal([]);
    const [orders, events] = loaded.ok ? loaded.source.resources : [];
    if (!orders || !events) throw new Error('the source has two resources');
    expect([orders.table.name, events.table.name]).to.deep.equal(['orders', 'orders']);
    expect(differenceOf(orders.table, events.table)).to.equal(undefined);
    expect(orders.definitions?.[0]).to.include({ removable: true });
    expect(events.definitions?.[0]).to.not.have.property('removable');
    expect(orders.table.merge_sql).to.equal(events.table.merge_sql);
    expect(orders.table.tombstones_sql).to.be.a('string');
  });

  it('leave a table as it is that one resource feeds alone', async () => {
    const loaded = await loadText(changed('    table_name: orders\n', '', shop));
    const [orders, events] = loaded.ok ? loaded.source.resources : [];
    expect(events?.table.name).to.equal('order_events');
    expect(orders?.table.tombstones_sql).to.equal(undefined);
    const [definition] = orders?.definitions ?? [];
    expect(definition && compileTable(definition)).to.deep.equal(orders?.table);
  });

  it('may both have another name than their table', async () => {
    const both = changed('    every: once\n', '    every: once\n    table_name: sales\n', shop);
    const loaded = await loadText(changed('table_name: orders', 'table_name: sales', both));
    expect(loaded.ok && loaded.source.resources.map(({ table }) => table.name)).to.deep.equal([
      'sales',
      'sales',
    ]);
  });

  const feed = "'orders' and 'order_events' feed one table, orders, and differ: ";
  const differences: [from: string, to: string, found: string][] = [
    [
      '      at: timestamp\n',
      '      at: timestamp\n      note: string\n',
      `21:7 ${feed}only the second has the column note`,
    ],
    [
      'state: string, email',
      'state: string, note: string, email',
      `16:5 ${feed}only the first has the column note`,
    ],
    [
      'state: { type: string, from',
      'state: { type: bigint, from',
      `18:7 ${feed}column state is varchar there, bigint here`,
    ],
    [
      'id: bigint, state: string',
      'state: string, id: bigint',
      `17:7 ${feed}column 1 is state there, id here`,
    ],
    [
      "'deleted'\n    primary_key: id",
      "'deleted'\n    primary_key: [id, state]",
      `22:5 ${feed}primary_key is id there, id, state here`,
    ],
    [
      "'deleted'\n    primary_key: id\n    order_by: at",
      "'deleted'\n    primary_key: id",
      `12:5 ${feed}order_by is at there, not said here`,
    ],
    [
      'partition_by: none\n  - name: order_events',
      'partition_by: day\n    event_time: { column: at, immutable: true }\n  - name: order_events',
      `13:5 ${feed}event_time is at there, not said here`,
    ],
    [
      '    delete_when: record',
      '    files_per_partition: 2\n    delete_when: record',
      `21:5 ${feed}files_per_partition is 1 there, 2 here`,
    ],
    [
      '    delete_when: record',
      '    schema_contract: freeze\n    delete_when: record',
      `21:5 ${feed}schema_contract is not said there, {"columns":"freeze","data_type":"freeze"} here`,
    ],
    [
      '    delete_when: record',
      '    quarantine: { max_share: 0.1 }\n    delete_when: record',
      `21:5 ${feed}quarantine is not said there, {"max_share":0.1} here`,
    ],
    [
      'state: { type: string, from',
      'state: { type: string, unique: true, from',
      `16:5 ${feed}which columns are unique`,
    ],
  ];
  for (const [from, to, found] of differences) {
    it(`are refused where they differ: ${found.slice(found.indexOf('differ: ') + 8)}`, async () => {
      expect(await problemsOf(changed(from, to, shop))).to.deep.equal([found]);
    });
  }

  it('are refused where rows of only one of them may move', async () => {
    const moving = shop.replaceAll(
      'partition_by: none',
      'partition_by: day\n    event_time: at\n    moving_keys: true',
    );
    expect(await problemsOf(moving)).to.deep.equal([]);
    const other = changed(
      'event_time: at\n    moving_keys: true\n  - name',
      'event_time: { column: at, immutable: true }\n  - name',
      moving,
    );
    expect(await problemsOf(other)).to.deep.equal([`27:5 ${feed}moving_keys is not said there, true here`]);
  });

  it('all know of a listing that deletes, and only one of them may list', async () => {
    const listed = changed(
      '    every: once\n',
      '    every: once\n    reconcile: { every: P7D, delete_missing: true }\n',
      shop,
    );
    const loaded = await loadText(listed);
    const [orders, events] = loaded.ok ? loaded.source.resources : [];
    expect(orders?.reconcile).to.deep.equal({ every_ms: 7 * 86_400_000, delete_missing: true });
    expect(events).to.not.have.property('reconcile');
    expect([orders?.table.marks, events?.table.marks]).to.deep.equal([true, true]);
    expect(orders && events && differenceOf(orders.table, events.table)).to.equal(undefined);
    const both = changed(
      '    table_name: orders\n',
      '    table_name: orders\n    reconcile: { every: P1D, delete_missing: false }\n',
      listed,
    );
    expect(await problemsOf(both)).to.deep.equal([
      "15:5 'orders' and 'order_events' feed one table, orders, and both reconcile it: what one of them lists would be missing in the other; leave it to the one that lists everything",
    ]);
  });

  it('are warned of an order that leaves the latest to chance', async () => {
    expect(await problemsOf(shop.replaceAll('    order_by: at\n', ''))).to.deep.equal([
      "12:17 warning: of rows of 'orders' and 'order_events' with one key the one that was fetched last wins, also when what it says is older: add order_by, a time that all of them have",
    ]);
  });

  it('are warned where one shows what the other hides', async () => {
    const shown = changed('$.order.email, hash: { secret: salt } }', '$.order.email }', shop);
    const [problem] = await problemsOf(shown);
    expect(problem).to.include(
      "19:7 warning: 'email' is hashed with salt in 'orders' and stored as it comes here",
    );
    expect(
      await problemsOf(
        changed('$.order.email, hash: { secret: salt }', '$.order.email, hash: { secret: pepper }', shop),
      ),
    ).to.have.length(1);
  });

  it('cannot share child tables', async () => {
    const child =
      '    child_tables: [{ name: lines, records: $.lines, columns: { sku: string }, partition_by: none }]\n';
    const text = `${changed('  - name: order_events', `${child}  - name: order_events`, shop)}${child}`;
    expect(await problemsOf(text)).to.include(
      "26:28 the table 'lines' is there twice: only resources can feed one table together",
    );
  });
});
