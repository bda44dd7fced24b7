import { expect } from 'chai';
import { registerWindows } from '../../../functions/dispatch/register-windows.ts';
import { startLoad } from '../../../functions/dispatch/start-load.ts';
import { settings, type Gate } from '../../support/fake-aws.ts';
import { minute } from '../../support/dispatch-scene.ts';
import { byDay, byHour, loadedScene, type GenerationScene } from '../../support/generation-scene.ts';
import { parquetFile } from '../../support/parquet-file.ts';

const old = 's3://curated/weather/';
const next = 's3://curated/weather.g2/';

/** Footers cannot be read: the generation is stuck, loads start all the same. */
const deaf: Gate = async (call, effect) => {
  if (call === 'ListObjectsV2Command') throw new Error('AccessDenied');
  return effect();
};

describe('advanceGenerations', () => {
  let scene: GenerationScene;
  beforeEach(async () => {
    scene = await loadedScene();
  });

  it('leaves queries where they are until the new generation is whole, then switches them once', async () => {
    await scene.begin();
    await scene.reopen();
    const before = structuredClone(scene.aws.tables.get('weather'));
    const told = scene.aws.events.length;
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    expect(scene.aws.tables.get('weather')).to.deep.equal(before);
    await scene.wake(byDay);

    const table = scene.aws.tables.get('weather');
    expect(table?.StorageDescriptor?.Location).to.equal(next);
    expect(table?.VersionId).to.equal(String(Number(before?.VersionId) + 1));
    expect(table?.PartitionKeys?.map(({ Name }) => Name)).to.deep.equal(['year', 'month', 'day']);
    expect(table?.Parameters).to.include({ 'projection.year.range': '2026,2026' });
    expect(table?.Parameters).to.not.have.property('projection.hour.type');
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
    const item = await scene.table();
    expect(item).to.include({ generation: 2, partition_by: 'day' });
    expect(item).to.not.have.property('building');
    expect(item.retired?.map(({ folder }) => folder)).to.deep.equal(['weather']);
    expect(scene.aws.logs.find(({ event }) => event === 'generation switched')).to.include({
      generation: 2,
      files: 1,
      rows: 40,
    });
    const events = scene.aws.events.slice(told).map(({ Detail }) => JSON.parse(Detail ?? '') as unknown);
    expect(events, 'of what nobody could read yet, none was told').to.deep.equal([
      { database: settings.glueDatabase, table: 'weather', everything: true, generation: 2, rows: 40 },
    ]);
  });

  it('does by itself what the command has not come to', async () => {
    await scene.begin();
    await scene.settle(byDay);
    expect(scene.place()).to.equal(next);
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
  });

  it('loads again what a load has in hand that began before', async () => {
    scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await scene.wake(byHour);
    const { building } = await scene.begin();
    expect(building?.after).to.equal(scene.aws.lease()?.load);
    await scene.reopen();
    await scene.settle(byDay);
    expect(scene.place()).to.equal(next);
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
    expect(scene.engine.heldIn('weather')).to.deep.equal(scene.landed());
  });

  it('takes the lease from a wake-up that has looked for the folder already', async () => {
    scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
    let begun = false;
    const gate: Gate = async (call, effect) => {
      // The manifest: the table was admitted, the lease is not taken.
      if (call === 'PutObjectCommand' && !begun) {
        begun = true;
        await scene.begin();
      }
      return effect();
    };
    await scene.wake(byHour, gate);
    expect(begun).to.equal(true);
    expect(scene.aws.activeRun()).to.equal(undefined);
    await scene.settle(byDay);
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
  });

  it('takes live objects along, and does not wait for them', async () => {
    await scene.begin();
    await scene.reopen();
    scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    scene.aws.land('weather', '2026-11-21T12:00:00Z', 1);
    // Young: no load starts for it, and the switch does not wait.
    await scene.aws.wake(byDay, { batchWindowMs: 60 * minute });
    expect(scene.place()).to.equal(next);
    expect(scene.engine.heldIn('weather.g2')).to.have.length(5);
    await scene.settle(byDay);
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
    expect(scene.engine.heldIn('weather'), 'nothing more goes to the old folder').to.have.length(4);
  });

  it('counts what a dead load has written when another one has recovered it', async () => {
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await scene.engine.die(scene.aws.run());
    await scene.settle(byDay);
    expect(scene.place()).to.equal(next);
    expect(scene.aws.logged()).to.not.include('generation at fault');
  });

  it('switches nothing while files hold other rows than the loads say, and says so once', async () => {
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    const key = 'weather.g2/year=2026/month=11/day=21/part-0.parquet';
    // After the load was checked, and before the generation is.
    await scene.wake(byDay, async (call, effect) => {
      if (call === 'ListObjectsV2Command') scene.aws.objects.set(key, parquetFile(39));
      return effect();
    });
    await scene.settle(byDay);
    expect(scene.place()).to.equal(old);
    const { building } = await scene.table();
    expect(building?.fault).to.equal('weather.g2/: its 1 files hold 39 rows, where the loads say 40');
    expect(scene.aws.logs.filter(({ event }) => event === 'generation at fault')).to.have.length(1);
    expect(scene.aws.logs.find(({ event }) => event === 'generation at fault')).to.include({
      level: 'ERROR',
    });
    // A load that writes the file anew mends it.
    scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await scene.settle(byDay);
    expect(scene.place()).to.equal(next);
  });

  it('keeps no load from starting, and does not count what a dead one has written', async () => {
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
    await scene.wake(byDay, deaf);
    expect(scene.aws.logs.find(({ event }) => event === 'generation stuck')).to.include({
      level: 'ERROR',
      table: 'weather',
      error: 'AccessDenied',
    });
    await scene.engine.die(scene.aws.run());
    await scene.settle(byDay);
    expect(scene.aws.logged()).to.not.include('generation at fault');
    expect(scene.place()).to.equal(next);
    expect(scene.engine.heldIn('weather.g2')).to.have.length(5);
  });

  it('does not wait for an object in quarantine, and says that it is left out', async () => {
    const { aws, engine } = scene;
    const [culprit = ''] = scene.landed();
    engine.poisoned.add(culprit);
    await scene.begin();
    await scene.reopen();
    for (let round = 0; round < 12; round += 1) {
      await aws.wake(byDay);
      const run = aws.activeRun();
      // What a dead load has written of it stays in the file, and in no sum.
      if (run) await engine.run(run, () => true);
      aws.clock += 16 * minute;
    }
    expect(aws.rawObjects().map(({ state }) => state)).to.have.members([
      'quarantined',
      'done',
      'done',
      'done',
    ]);
    expect(aws.logs.find(({ event }) => event === 'objects left out')).to.deep.equal({
      event: 'objects left out',
      level: 'WARN',
      table: 'weather',
      objects: 1,
    });
    expect(aws.logged()).to.not.include('generation at fault');
    expect(scene.place()).to.equal(next);
  });

  it('switches what holds rows that no load will ever count', async () => {
    const { aws, engine } = scene;
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await engine.succeed(aws.run());
    const begun = aws.runs.length;
    // Alone in its day: no later load comes by its file.
    aws.land('weather', '2026-11-20T11:00:00Z', 1);
    await scene.wake(byDay, deaf);
    expect(aws.runs.length).to.equal(begun + 1);
    await engine.die(aws.run(), () => true);
    const [object] = aws.rawObjects().filter(({ key }) => key.includes('day=20'));
    await scene.wake(byDay, deaf);
    aws.die(aws.run());
    aws.land('weather', '2026-11-21T12:00:00Z', 1);
    for (let round = 0; round < 4; round += 1) {
      await scene.wake(byDay, deaf);
      const run = aws.activeRun();
      const { objects } = run ? await aws.manifestOf(run) : { objects: [] };
      if (run) await (objects.some(({ key }) => key === object?.key) ? engine.die(run) : engine.succeed(run));
    }
    expect(aws.rawObjects().find(({ key }) => key === object?.key)?.state).to.equal('quarantined');
    await scene.wake(byDay);
    expect(aws.logged()).to.not.include('generation at fault');
    expect(scene.place()).to.equal(next);
    expect((await scene.table()).made).to.include({ rows: 50 });
    expect(engine.counted([]).rows).to.be.greaterThan(50);
  });

  it('goes on checking where a wake-up had no more time', async () => {
    for (const day of ['16', '17', '18', '19', '20']) {
      scene.aws.land('weather', `2026-11-${day}T09:00:00Z`, 1);
    }
    await scene.settle(byHour);
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    const slow: Gate = async (call, effect) => {
      if (call === 'ListObjectsV2Command') scene.aws.clock += 121_000;
      return effect();
    };
    const files: (number | undefined)[] = [];
    for (let round = 0; round < 3; round += 1) {
      await scene.wake(byDay, slow);
      files.push((await scene.table()).building?.checked?.files);
    }
    // Two files to a page; the last page is the last that is asked for.
    expect(files).to.deep.equal([2, 4, undefined]);
    expect((await scene.table()).made).to.include({ files: 6, rows: 90 });
    expect(scene.place()).to.equal(next);
  });

  it('takes nothing for a fault that a load has done which began meanwhile', async () => {
    await scene.begin();
    await scene.reopen();
    await scene.wake(byDay);
    await scene.engine.succeed(scene.aws.run());
    let begun = false;
    await scene.wake(byDay, async (call, effect) => {
      if (call === 'ListObjectsV2Command' && !begun) {
        begun = true;
        scene.aws.land('weather', '2026-11-21T11:00:00Z', 1);
        await registerWindows(scene.aws.deps());
        await startLoad(byDay, settings, scene.aws.deps());
        await scene.engine.succeed(scene.aws.run());
      }
      return effect();
    });
    expect(begun).to.equal(true);
    expect(scene.place()).to.equal(old);
    await scene.settle(byDay);
    expect(scene.aws.logged()).to.not.include('generation at fault');
    expect(scene.place()).to.equal(next);
  });

  const strays: [string, string, Buffer, RegExp][] = [
    [
      'is none of its files',
      'weather.g2/hour=1/part-0.parquet',
      parquetFile(0),
      /is not a file that the table/,
    ],
    [
      'queries would not find',
      'weather.g2/year=2031/month=01/day=01/part-0.parquet',
      parquetFile(0),
      /is not a file that the table may have/,
    ],
    [
      'cannot be read',
      'weather.g2/year=2026/month=11/day=22/part-0.parquet',
      Buffer.from('x'),
      /cannot be counted: it is no Parquet file/,
    ],
  ];
  for (const [what, key, file, words] of strays) {
    it(`switches nothing while there is a file that ${what}`, async () => {
      await scene.begin();
      scene.aws.objects.set(key, file);
      await scene.settle(byDay);
      expect(scene.place()).to.equal(old);
      expect((await scene.table()).building?.fault).to.match(words);
    });
  }

  it('refuses loads of a source that the new generation is not for, and switches nothing to it', async () => {
    await scene.begin();
    await scene.reopen();
    const error = await scene.wake(byHour).catch((refusal: unknown) => refusal as Error);
    expect(error).to.match(/it is being made anew for another source.*reprocess --table weather/);
    expect(scene.place()).to.equal(old);
    // The command begins again with that source; what was made until then is left.
    await scene.begin(byHour);
    await scene.settle(byHour);
    expect(scene.place()).to.equal('s3://curated/weather.g3/');
    expect((await scene.table()).retired?.map(({ folder }) => folder)).to.deep.equal([
      'weather.g2',
      'weather',
    ]);
    expect(scene.engine.heldIn('weather.g3')).to.deep.equal(scene.landed());
  });

  it('deletes the old files an hour after, page by page, and then forgets them', async () => {
    for (const hour of ['01', '02', '03', '04', '05']) {
      scene.aws.objects.set(`weather/year=2026/month=11/day=20/hour=${hour}/part-0.parquet`, parquetFile(1));
    }
    scene.aws.objects.set('weather_stations/part-0.parquet', parquetFile(1));
    await scene.begin();
    await scene.settle(byDay);
    expect(scene.engine.heldIn('weather')).to.have.length(4);
    scene.aws.clock += 61 * minute;
    await scene.settle(byDay, 2);
    expect([...scene.aws.objects.keys()].filter((key) => key.startsWith('weather/'))).to.deep.equal([]);
    expect(scene.aws.objects.has('weather_stations/part-0.parquet')).to.equal(true);
    expect(scene.engine.heldIn('weather.g2')).to.deep.equal(scene.landed());
    const item = await scene.table();
    for (const gone of ['retired', 'work', 'work_at', 'building']) expect(item).to.not.have.property(gone);
  });

  it('makes a third generation of the second', async () => {
    await scene.begin();
    await scene.settle(byDay);
    await scene.begin(byHour);
    await scene.settle(byHour);
    expect(scene.place()).to.equal('s3://curated/weather.g3/');
    expect(await scene.table()).to.include({ generation: 3, partition_by: 'hour' });
    expect(scene.engine.heldIn('weather.g3')).to.deep.equal(scene.landed());
  });
});
