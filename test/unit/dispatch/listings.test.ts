import { expect } from 'chai';
import type { ReportLine } from '../../../pipeline/report.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import {
  dispatchScene,
  marked,
  minute,
  weather,
  weatherAndCities,
  type DispatchScene,
} from '../../support/dispatch-scene.ts';
import { sweptHour } from '../../support/fake-engine.ts';
import { compiledSource, tableSpec } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';

const listed = '2026-11-21T10:00:00.000Z';
const later = '2026-11-21T11:00:00.000Z';
const source = marked(weather);

describe('a complete listing', () => {
  let aws: DispatchScene;
  beforeEach(() => {
    aws = dispatchScene();
  });

  /** Wakes the dispatcher and lets the engine succeed until nothing is left to do; the loads' manifests. */
  const settle = async (given: CompiledSource = source) => {
    const manifests = [];
    for (let round = 0; round < 6; round += 1) {
      await aws.wake(given);
      const run = aws.activeRun();
      if (!run) break;
      manifests.push(await aws.manifestOf(run));
      await aws.succeed(run);
    }
    return manifests;
  };
  const listings = (): unknown[] => [...aws.dynamo.items.values()].filter(({ work }) => work === 'listing');
  const verdict = () => aws.logs.filter(({ event }) => event.startsWith('listing'));

  /** The listing is given up. */
  const expectRefusal = async (words: string): Promise<void> => {
    await settle();
    const refusals = verdict();
    expect(refusals).to.have.length(1);
    expect(refusals[0]).to.include({
      event: 'listing not applied',
      level: 'WARN',
      resource: 'weather',
      scheduledAt: listed,
    });
    expect(refusals[0]?.['reason']).to.contain(words);
    expect(aws.table() ?? {}).to.not.have.any.keys('mark', 'sweep');
    expect(listings()).to.deep.equal([]);
  };
  /** Of the one object there is; nothing is written. */
  const reportOfOne = async (counts: { rows: number; quarantined: number }): Promise<void> => {
    await aws.wake(source);
    const { quarantined: rows } = counts;
    const rejected: ReportLine = { kind: 'quarantine', table: 'weather', key: 'q', rows, reasons: {} };
    await aws.report((lines) => [
      ...lines
        .filter(({ kind }) => kind !== 'file')
        .map((line) => (line.kind === 'object' ? { ...line, ...counts } : line)),
      rejected,
    ]);
  };
  /** It is loaded, and not judged yet. */
  const begin = async (given = source): Promise<void> => {
    aws.list('weather', listed, 1);
    await aws.wake(given);
    await aws.succeed(aws.run());
  };

  it('is followed by a sweep of its table, which makes it the mark of every later load', async () => {
    aws.list();
    await aws.wake(source);
    expect((await aws.manifestOf(aws.run())).header).to.not.have.property('marks');
    await aws.succeed(aws.run());
    await aws.wake(source);
    const { header, objects } = await aws.manifestOf(aws.run());
    expect(objects).to.deep.equal([]);
    expect(header.tables).to.deep.equal([source.resources[0]?.table]);
    expect(header.marks).to.deep.equal({ weather: { at: listed, sweep: true } });
    expect(verdict()).to.deep.equal([
      {
        event: 'listing applied',
        level: 'INFO',
        resource: 'weather',
        scheduledAt: listed,
        from: listed,
        rows: 30,
        tables: ['weather'],
      },
    ]);
    expect(listings()).to.deep.equal([]);
    expect(aws.table()).to.include({ sweep: listed }).and.not.have.property('mark');

    await aws.succeed(aws.run());
    await aws.wake(source);
    expect(aws.loadStates()).to.deep.equal(['closed', 'closed']);
    expect(aws.table()).to.include({ mark: listed }).and.not.have.property('sweep');
    expect(aws.loads()[1]?.receipt).to.deep.include({ objects: 0, removed: 1, vanished: 1, balanced: true });
    expect(JSON.parse(aws.events.at(-1)?.Detail ?? '')).to.deep.include({ partitions: [sweptHour] });

    aws.land('weather', later, 1);
    const [next] = await settle();
    expect(next?.header.marks).to.deep.equal({ weather: { at: listed } });
    expect(aws.runs).to.have.length(3);
  });

  it('is judged when the last of its loads is closed', async () => {
    const gigabytes = 6 * 1024 ** 3;
    aws.list();
    for (const item of aws.dynamo.items.values()) {
      for (const object of (item['objects'] ?? []) as { bytes: number }[]) object.bytes = gigabytes;
    }
    const manifests = await settle();
    expect(manifests.map(({ objects }) => objects.length)).to.deep.equal([1, 1, 1, 0]);
    const due = manifests.map(({ header }) => header.marks?.['weather']);
    expect(due).to.deep.equal([undefined, undefined, undefined, { at: listed, sweep: true }]);
  });

  it('takes rows out of the child tables of its resource too, and of no other', async () => {
    const plain = compiledSource([
      ['orders', 'none'],
      ['cities', 'none'],
    ]);
    const [orders] = plain.resources;
    if (orders) orders.child_tables = [tableSpec('lines', 'none')];
    const given = marked(plain);
    aws.land('cities');
    aws.list('orders');
    const manifests = await settle(given);
    expect(manifests.at(-1)?.header.marks).to.deep.equal({
      orders: { at: listed, sweep: true },
      lines: { at: listed, sweep: true },
    });
    expect(aws.table('cities')).to.not.have.any.keys('mark', 'sweep');
  });

  it('takes nothing away where only catching up was asked for', async () => {
    aws.list();
    expect(await settle(weather)).to.have.length(1);
    expect(listings()).to.deep.equal([]);
    expect(verdict()).to.deep.equal([]);
    expect(aws.table()).to.not.have.any.keys('mark', 'sweep');
  });

  it('is passed over when a newer one has been swept', async () => {
    aws.list('weather', later, 1);
    await settle();
    aws.list('weather', listed, 1);
    expect(await settle()).to.have.length(1);
    expect(aws.table()).to.include({ mark: later }).and.not.have.property('sweep');
    expect(listings()).to.deep.equal([]);
  });

  describe('takes nothing away', () => {
    it('when it has no object', async () => {
      aws.list('weather', listed, 0);
      await expectRefusal('it is empty');
    });

    it('when its objects have no rows', async () => {
      aws.list('weather', listed, 1);
      await reportOfOne({ rows: 0, quarantined: 0 });
      await expectRefusal('it is empty');
    });

    it('when one of its rows is in quarantine', async () => {
      aws.list('weather', listed, 1);
      await reportOfOne({ rows: 1, quarantined: 1 });
      await expectRefusal('rows in quarantine: 1;');
    });

    it('when one of its objects is in quarantine', async () => {
      aws.list();
      await aws.wake(source);
      const [object] = aws.rawObjects();
      const { work, work_at, ...rest } = { ...object };
      expect([work, work_at]).to.not.include(undefined);
      aws.dynamo.put({ ...rest, state: 'quarantined' });
      await aws.succeed(aws.run());
      await expectRefusal('raw objects in quarantine, or gone from the ledger: 1;');
    });

    it('when one of its objects is gone', async () => {
      aws.list();
      await aws.wake(source);
      aws.dynamo.items.delete(JSON.stringify([aws.rawObjects()[0]?.pk, 'OBJECT']));
      await aws.succeed(aws.run());
      await expectRefusal('raw objects in quarantine, or gone from the ledger: 1;');
    });
  });

  describe('whose table is to be swept', () => {
    it('does not wait for the batch window, nor do objects come with it that do', async () => {
      await begin();
      aws.land('weather', later, 1);
      await aws.wake(source, { batchWindowMs: 60 * minute });
      expect((await aws.manifestOf(aws.run())).objects).to.deep.equal([]);
      expect(aws.objectStates().toSorted()).to.deep.equal(['done', 'pending']);
    });

    it('is swept by the load of what is pending', async () => {
      await begin();
      aws.land('weather', later, 2);
      await aws.wake(source);
      const { header, objects } = await aws.manifestOf(aws.run());
      expect(objects).to.have.length(2);
      expect(header.marks).to.deep.equal({ weather: { at: listed, sweep: true } });
    });

    it('waits while the circuit breaker is open', async () => {
      await begin();
      await aws.wake(source);
      for (let dead = 1; dead <= 3; dead += 1) {
        aws.die(aws.run());
        await aws.wake(source);
      }
      expect(aws.activeRun()).to.equal(undefined);
      aws.clock += 15 * minute;
      await aws.wake(source);
      expect((await aws.manifestOf(aws.run())).header.marks).to.deep.equal({
        weather: { at: listed, sweep: true },
      });
    });

    it('is tried by itself once a load has died over it, and keeps no object waiting', async () => {
      await begin();
      aws.land('weather', later, 2);
      await aws.wake(source);
      aws.die(aws.run());
      // What had come with it goes well without it.
      await aws.wake(source);
      const { header, objects } = await aws.manifestOf(aws.run());
      expect([objects.length, header.marks]).to.deep.equal([2, undefined]);
      await aws.succeed(aws.run());
      for (let hour = 12; hour < 18; hour += 1) {
        aws.land('weather', `2026-11-21T${hour}:00:00.000Z`, 1);
        for (let round = 0; round < 4; round += 1) {
          await aws.wake(source);
          const run = aws.activeRun();
          const swept = run && (await aws.manifestOf(run)).header.marks?.['weather']?.sweep;
          if (run) await (swept ? aws.die(run) : aws.succeed(run));
        }
        expect(new Set(aws.objectStates()), `${hour} h`).to.deep.equal(new Set(['done']));
        aws.clock += 60 * minute;
      }
      const died = aws.loads().filter(({ state }) => state === 'failed');
      expect(died.length, 'paid for in six hours').to.be.within(4, 8);
      aws.clock += 360 * minute;
      const [sweep] = await settle();
      expect(sweep?.objects).to.deep.equal([]);
      expect(aws.table()).to.include({ mark: listed }).and.not.have.any.keys('sweep', 'sweep_failed_in');
    });

    it('waits until its layout is as it is stored, and says so', async () => {
      await begin();
      const error = await rejection(aws.wake(marked(compiledSource([['weather', 'day']]))));
      expect(error.message).to.contain('table weather: partition_by was hour, is day');
      expect(aws.activeRun()).to.equal(undefined);
      const [sweep] = await settle();
      expect(sweep?.header.marks).to.deep.equal({ weather: { at: listed, sweep: true } });
    });

    it('is swept where its next generation is building', async () => {
      await begin();
      await aws.wake(source);
      aws.die(aws.run());
      const { columns, key } = tableSpec('weather', 'day');
      const layout = { partition_by: 'day', files_per_partition: 1, columns, key };
      const building = { generation: 2, since: later, after: '', ...layout, objects: 0, rows: 0 };
      aws.dynamo.put({ ...aws.table(), building });
      await aws.wake(marked(compiledSource([['weather', 'day']])));
      const { header } = await aws.manifestOf(aws.run());
      expect(header.marks).to.deep.equal({ weather: { at: listed, sweep: true } });
      expect(header.folders).to.deep.equal({ weather: 'weather.g2' });
    });

    it('has all that was fetched since read again, where a later row may have lost', async () => {
      const given = marked(weatherAndCities, { relists: true });
      const [first, other] = given.resources;
      // The second resource brings changes of what the first lists.
      if (first && other) other.table = { ...first.table, parse_sql: 'SELECT 2' };
      aws.land('weather', '2026-11-21T09:00:00.000Z', 1);
      await settle(given);
      aws.list('weather', listed, 2);
      aws.land('cities', later, 1);
      const [, sweep, ...more] = await settle(given);
      expect(more).to.deep.equal([]);
      expect(sweep?.header.marks).to.deep.equal({ weather: { at: listed, sweep: true } });
      expect(sweep?.header.readings?.map(({ name }) => name)).to.deep.equal(['cities']);
      const read = sweep?.objects.map(({ table, reading, key }) => [table, reading, /T\d\d/.exec(key)?.[0]]);
      expect(read).to.have.deep.members([
        ['weather', undefined, 'T10'],
        ['weather', undefined, 'T10'],
        ['weather', 'cities', 'T11'],
      ]);
      expect(aws.loads().at(-1)).to.include({ state: 'closed', objects: 3, bytes: 3000 });
      expect(aws.objectStates()).to.deep.equal(['done', 'done', 'done', 'done']);
      expect(aws.rawObjects().map(({ load }) => load)).to.not.include(aws.loads().at(-1)?.load);
    });

    it('settles nothing of an object that is put back on the list while it is read again', async () => {
      const given = marked(weather, { relists: true });
      await begin(given);
      await aws.wake(given);
      // The fake's own item.
      for (const reopened of aws.rawObjects()) reopened.state = 'pending';
      await aws.succeed(aws.run());
      await aws.wake(given);
      expect(aws.loads().at(-1)?.state).to.equal('closed');
      expect(aws.objectStates()).to.deep.equal(['pending']);
    });
  });
});
