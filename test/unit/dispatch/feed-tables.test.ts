import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import type { Granularity } from '../../../pipeline/table/table-spec.ts';
import { dispatchScene, type DispatchScene } from '../../support/dispatch-scene.ts';
import { compiledSource, tableSpec } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';
import { loadText } from '../source/load-weather.ts';

/** A resource with two child tables, and one without any. */
function ordersAndCities(lines: Granularity = 'none'): CompiledSource {
  const source = compiledSource([
    ['orders', 'none'],
    ['cities', 'none'],
  ]);
  const [orders] = source.resources;
  if (orders) orders.child_tables = [tableSpec('lines', lines), tableSpec('refunds', 'hour')];
  return source;
}

describe('a resource with child tables', () => {
  let aws: DispatchScene;
  beforeEach(() => {
    aws = dispatchScene();
  });

  it('has each raw object in the manifest once for each of its tables, side by side', async () => {
    aws.land('orders', '2026-11-21T10:00:00Z', 2);
    aws.land('cities', '2026-11-21T10:00:00Z', 1);
    await aws.wake(ordersAndCities());
    const { header, objects } = await aws.manifestOf(aws.run());
    expect(header.tables.map(({ name }) => name)).to.deep.equal(['orders', 'lines', 'refunds', 'cities']);
    const ofOrders = objects.filter(({ table }) => table !== 'cities');
    expect(ofOrders.map(({ table }) => table).join(' ')).to.equal(
      'orders lines refunds orders lines refunds',
    );
    expect(new Set(ofOrders.slice(0, 3).map(({ key }) => key)).size).to.equal(1);
    expect(aws.loads()[0]).to.include({ objects: 3, bytes: 3000 });
  });

  it('is done with an object when all of its tables are', async () => {
    aws.land('orders');
    await aws.wake(ordersAndCities());
    await aws.succeed(aws.run());
    await aws.wake(ordersAndCities());
    expect(aws.objectStates()).to.deep.equal(['done', 'done', 'done']);
    expect([...aws.tables.keys()]).to.deep.equal(['orders', 'lines', 'refunds']);
    expect(aws.loads()[0]?.receipt).to.include({ objects: 3, rowsParsed: 90, balanced: true });
    expect(
      aws.events.map(({ Detail }) => (JSON.parse(Detail ?? '') as { table: string }).table),
    ).to.deep.equal(['orders', 'lines', 'refunds']);
  });

  it('does not balance when one table has not seen an object', async () => {
    aws.land('orders');
    await aws.wake(ordersAndCities());
    await aws.report((lines) => lines.filter((line) => line.kind !== 'object' || line.table !== 'refunds'));
    await aws.wake(ordersAndCities());
    expect(aws.loadStates()).to.include('failed');
    expect(aws.failure()).to.contain('is in the manifest, not in the report');
    expect(aws.rawObjects().map(({ attempts }) => attempts)).to.deep.equal([1, 1, 1]);
  });

  it('waits as a whole when one of its tables may not be loaded', async () => {
    aws.land('orders', '2026-11-21T10:00:00Z', 1);
    await aws.wake(ordersAndCities());
    await aws.succeed(aws.run());
    await aws.wake(ordersAndCities());
    aws.land('orders', '2026-11-21T11:00:00Z', 1);
    aws.land('cities', '2026-11-21T11:00:00Z', 1);
    const error = await rejection(aws.wake(ordersAndCities('day')));
    expect(error).to.have.property('message').that.contains('table lines: partition_by was none, is day');
    expect((await aws.manifestOf(aws.run())).objects.map(({ table }) => table)).to.deep.equal(['cities']);
  });

  it('logs broken rules, and says aloud that a table is held', async () => {
    aws.land('orders', '2026-11-21T10:00:00Z', 1);
    await aws.wake(ordersAndCities());
    const broken = { kind: 'violation', reason: 'not_null', column: 'sku', rows: 2 } as const;
    await aws.report((lines) => [
      ...lines,
      { ...broken, table: 'lines', action: 'warn' },
      { ...broken, table: 'refunds', action: 'fail' },
    ]);
    await aws.wake(ordersAndCities());
    const logged = aws.logs.filter(({ event }) => ['rules broken', 'table held'].includes(event));
    const load = aws.loads()[0]?.load;
    expect(logged.map(({ event, table, rules, load: of }) => ({ event, table, rules, of }))).to.deep.equal([
      { event: 'rules broken', table: 'lines', rules: { 'sku: not_null': 2 }, of: load },
      { event: 'table held', table: 'refunds', rules: { 'sku: not_null': 2 }, of: load },
    ]);
    expect(aws.loads()[0]?.receipt).to.deep.include({ balanced: true, held: ['refunds'] });
    const told = aws.events.map(({ Detail }) => JSON.parse(Detail ?? '') as { table: string; held?: object });
    expect(told.map(({ table, held }) => [table, held])).to.deep.equal([
      ['orders', undefined],
      ['lines', undefined],
      ['refunds', { 'sku: not_null': 2 }],
    ]);
    expect(aws.loadStates()).to.deep.equal(['closed']);
  });
});

/** The second resource brings changes of what the first has listed. */
function listAndEvents(): CompiledSource {
  const source = compiledSource([
    ['orders', 'none'],
    ['order_events', 'none'],
    ['cities', 'none'],
  ]);
  const events = source.resources[1];
  if (events) {
    events.table = { ...tableSpec('orders', 'none'), parse_sql: 'SELECT 2', exact_fields: ['total'] };
  }
  return source;
}

describe('a table that several resources feed', () => {
  const reading = { name: 'order_events', parse_sql: 'SELECT 2', exact_fields: ['total'] };

  it('stands in the manifest once, with each further way of reading it', async () => {
    const aws = dispatchScene();
    aws.land('orders', '2026-11-21T10:00:00Z', 1);
    aws.land('order_events', '2026-11-21T10:00:00Z', 1);
    await aws.wake(listAndEvents());
    const { header, objects } = await aws.manifestOf(aws.run());
    expect(header.tables).to.deep.equal([tableSpec('orders', 'none')]);
    expect(header.readings).to.deep.equal([reading]);
    const given = objects.map(({ table, reading: by, key }) => [table, by, key.split('/')[1]]);
    expect(given).to.have.deep.members([
      ['orders', undefined, 'orders'],
      ['orders', 'order_events', 'order_events'],
    ]);
    await aws.succeed(aws.run());
    await aws.wake(listAndEvents());
    expect(aws.objectStates()).to.deep.equal(['done', 'done']);
    expect(aws.events).to.have.length(1);
  });

  it('is one table of the source as it is compiled', async () => {
    const text = await readFile(new URL('../../../sources/stripe.yaml', import.meta.url), 'utf8');
    const loaded = await loadText(text);
    if (!loaded.ok) throw new Error('sources/stripe.yaml does not load');
    const [list, events] = loaded.source.resources;
    const aws = dispatchScene();
    aws.land('customers', '2026-11-21T10:00:00Z', 1);
    aws.land('customer_events', '2026-11-21T10:00:00Z', 1);
    await aws.wake(loaded.source);
    const { header } = await aws.manifestOf(aws.run());
    expect(header.tables).to.deep.equal([list?.table]);
    expect(header.readings).to.deep.equal([
      {
        name: 'customer_events',
        parse_sql: events?.table.parse_sql,
        exact_fields: events?.table.exact_fields,
      },
    ]);
    await aws.succeed(aws.run());
    await aws.wake(loaded.source);
    expect([...aws.tables.keys()]).to.deep.equal(['customers']);
  });

  it('is described by its first resource, whoever feeds it now', async () => {
    const aws = dispatchScene();
    aws.land('order_events', '2026-11-21T10:00:00Z', 1);
    aws.land('cities', '2026-11-21T10:00:00Z', 1);
    await aws.wake(listAndEvents());
    const { header } = await aws.manifestOf(aws.run());
    expect(header.tables.map(({ name, parse_sql }) => [name, parse_sql])).to.deep.equal([
      ['orders', 'SELECT 1'],
      ['cities', 'SELECT 1'],
    ]);
    expect(header.readings).to.deep.equal([reading]);
  });
});
