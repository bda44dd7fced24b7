import { expect } from 'chai';
import {
  dispatchScene,
  minute,
  weather,
  weatherAndCities,
  type DispatchScene,
} from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { fetchItem } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';

describe('reconcile', () => {
  let aws: DispatchScene;
  beforeEach(() => {
    aws = dispatchScene();
  });

  it('does nothing when there is nothing to do', async () => {
    await aws.wake();
    expect(aws.logs).to.deep.equal([]);
    expect(
      [...aws.dynamo.items.values()].map(({ pk }) => pk),
      'when stock is to be taken',
    ).to.deep.equal(['STOCK']);
  });

  it('takes a window from landed to queryable', async () => {
    aws.land();
    await aws.wake();
    expect(aws.logged()).to.deep.equal(['objects registered', 'load started']);
    await aws.succeed(aws.run());
    await aws.wake();
    expect(aws.logged().slice(2)).to.deep.equal(['load committed']);
    expect(aws.objectStates()).to.deep.equal(['done', 'done', 'done']);
    expect(aws.loads()[0]).to.include({ state: 'closed', objects: 3, bytes: 3000 });
    expect(aws.loads()[0]).to.deep.include({ resources: ['weather'], tables: ['weather'] });
    expect(aws.loads()[0]?.receipt).to.include({ rowsParsed: 30, inserted: 30, balanced: true, checked: 1 });
    expect(aws.lease()).to.deep.equal({ pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: [] });
    expect(aws.tables.get('weather')?.Parameters).to.include({ 'projection.year.range': '2026,2026' });
    expect(aws.events).to.have.length(1);
    expect(JSON.parse(aws.events[0]?.Detail ?? '')).to.deep.include({
      database: 'weather',
      table: 'weather',
      partitions: ['year=2026/month=11/day=21/hour=10'],
      load: aws.loads()[0]?.load,
    });
    await aws.wake();
    expect(aws.runs).to.have.length(1);
  });

  it('writes all that the engine needs into the manifest', async () => {
    aws.land('weather', '2026-11-21T10:00:00Z', 1);
    aws.land('cities', '2026-11-21T10:00:00Z', 1);
    await aws.wake(weatherAndCities);
    const { header, objects } = await aws.manifestOf(aws.run());
    const [load] = aws.loads();
    expect(header).to.deep.equal({
      kind: 'manifest',
      v: 1,
      load: load?.load,
      token: 1,
      recovers: [],
      staging_bucket: 'staging',
      curated_bucket: 'curated',
      ledger_table: 'ledger',
      report_key: `loads/${load?.load}/report.ndjson.gz`,
      quarantine_prefix: 'quarantine/',
      tables: weatherAndCities.resources.map(({ table }) => table),
    });
    const { key, version_id, etag, bytes, lines } =
      aws.rawObjects().find((o) => o.resource === 'weather') ?? {};
    expect(objects).to.have.length(2);
    const landed = { key, version_id, etag, bytes, lines };
    expect(objects).to.deep.include({ kind: 'object', table: 'weather', ...landed });
    expect(aws.run().Arguments).to.deep.equal({
      '--manifest': `s3://staging/loads/${load?.load}/manifest.ndjson.gz`,
      '--region': 'eu-central-1',
    });
  });

  it('makes one load of many tables, and an event for each', async () => {
    aws.land('weather');
    aws.land('cities');
    await aws.wake(weatherAndCities);
    await aws.succeed(aws.run());
    await aws.wake(weatherAndCities);
    expect(aws.runs).to.have.length(1);
    expect(
      aws.events.map(({ Detail }) => (JSON.parse(Detail ?? '') as { table: string }).table),
    ).to.deep.equal(['weather', 'cities']);
    expect([...aws.tables.keys()]).to.deep.equal(['weather', 'cities']);
  });

  it('waits until the oldest object is old enough', async () => {
    aws.land();
    await aws.wake(weather, { batchWindowMs: 60 * minute });
    aws.clock += 59 * minute;
    aws.land('weather', '2026-11-21T11:00:00Z');
    await aws.wake(weather, { batchWindowMs: 60 * minute });
    expect(aws.runs).to.have.length(0);
    aws.clock += minute;
    await aws.wake(weather, { batchWindowMs: 60 * minute });
    expect((await aws.manifestOf(aws.run())).objects).to.have.length(6);
  });

  it('does not wait when the objects are big enough', async () => {
    aws.land('weather', '2026-11-21T10:00:00Z', 2);
    await aws.wake(weather, { batchWindowMs: 60 * minute, batchBytes: 3000 });
    expect(aws.runs).to.have.length(0);
    aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await aws.wake(weather, { batchWindowMs: 60 * minute, batchBytes: 3000 });
    expect(aws.runs).to.have.length(1);
  });

  it('takes no more bytes than a run of minutes can carry, and the rest in the next load', async () => {
    const fetch = fetchItem('weather', '2026-11-21T10:00:00Z', 3);
    for (const object of fetch.objects ?? []) object.bytes = 6 * 1024 ** 3;
    aws.dynamo.put(fetch);
    const loaded: string[] = [];
    for (let load = 1; load <= 3; load += 1) {
      await aws.wake();
      const { objects } = await aws.manifestOf(aws.run());
      loaded.push(...objects.map(({ key }) => key));
      expect(loaded).to.have.length(load);
      await aws.succeed(aws.run());
    }
    expect(loaded).to.have.members(aws.rawObjects().map(({ key }) => key));
  });

  it('registers while a load runs, and starts the next in the wake-up that closes the first', async () => {
    aws.land();
    await aws.wake();
    aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await aws.wake();
    expect(aws.runs).to.have.length(1);
    expect(aws.objectStates()).to.deep.equal(['pending', 'pending', 'pending', 'pending']);
    await aws.succeed(aws.run());
    await aws.wake();
    expect(aws.runs).to.have.length(2);
    const { header, objects } = await aws.manifestOf(aws.run());
    expect(objects).to.have.length(1);
    expect(header).to.include({ token: 2 });
  });

  it('names objects of a resource that the source does not have, and leaves them', async () => {
    aws.land('gone');
    await aws.wake();
    expect(aws.logs.at(-1)).to.deep.include({
      event: 'objects without a resource',
      level: 'WARN',
      resources: ['gone'],
    });
    expect(aws.runs).to.have.length(0);
    aws.land();
    await aws.wake();
    expect((await aws.manifestOf(aws.run())).objects).to.have.length(3);
  });

  it('logs the rows in quarantine and the schema drift of each table', async () => {
    aws.land('weather', '2026-11-21T10:00:00Z', 1);
    await aws.wake();
    const { load } = (await aws.manifestOf(aws.run())).header;
    await aws.report((lines) => [
      ...lines.map((line) => {
        if (line.kind === 'object') return { ...line, quarantined: 2 };
        return line.kind === 'file' ? { ...line, inserted: 8, rows_after: 8 } : line;
      }),
      { kind: 'quarantine', table: 'weather', key: 'q', rows: 2, reasons: { cast: 1, key_null: 1 } },
      { kind: 'drift', table: 'weather', field: 'uv', rows: 3 },
    ]);
    await aws.wake();
    const reasons = { cast: 1, key_null: 1 };
    expect(aws.logs.slice(-2)).to.deep.equal([
      { event: 'rows quarantined', level: 'WARN', load, table: 'weather', rows: 2, reasons },
      { event: 'schema drift', level: 'WARN', load, table: 'weather', fields: { uv: 3 } },
    ]);
  });

  it('keeps a committed load open until its event is out', async () => {
    aws.land();
    await aws.wake();
    await aws.succeed(aws.run());
    const refused = { ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' };
    const refusing: Gate = async (call, effect) =>
      call === 'PutEventsCommand' ? { FailedEntryCount: 1, Entries: [refused] } : effect();
    const error = await rejection(aws.wake(weather, {}, refusing));
    expect(error.message).to.contain('InternalFailure sorry');
    expect(aws.loads()[0]).to.include({ state: 'committed' });
    await aws.wake();
    expect(aws.loads()[0]).to.include({ state: 'closed' });
    expect(aws.events).to.have.length(1);
  });

  it('says what to do when the lease names a load that is gone', async () => {
    aws.land();
    await aws.wake();
    aws.dynamo.items.delete(JSON.stringify(['LOAD', aws.loads()[0]?.load]));
    expect((await rejection(aws.wake())).message).to.contain('remove `load` from its item LEASE');
  });
});
