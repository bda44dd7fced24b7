import { expect } from 'chai';
import { rawObjectKey } from '../../../pipeline/raw-object.ts';
import { countedScene, type CountedScene } from '../../support/counted-scene.ts';
import { minute, weather } from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { fetchItem } from '../../support/load-samples.ts';

const hour = 60 * minute;
const nothing = {
  registered: 0,
  missing: 0,
  missing_keys: [],
  lost: 0,
  hidden: 0,
  unnamed: 0,
  unnamed_bytes: 0,
};

/** Counts the calls of one kind. */
function counting(command: string): { gate: Gate; calls: () => number } {
  let calls = 0;
  const gate: Gate = (call, effect) => {
    if (call === command) calls += 1;
    return effect();
  };
  return { gate, calls: () => calls };
}

describe('takeStock', () => {
  let aws: CountedScene;
  beforeEach(async () => {
    aws = await countedScene();
  });
  const found = (scope: 'recent' | 'whole' = 'whole') => aws.stock()[scope]?.found;

  it('finds nothing where bucket and ledger agree', async () => {
    for (const at of ['2026-11-01T10:00:00Z', '2026-11-21T09:00:00Z', '2026-11-21T10:00:00Z']) aws.keep(at);
    await aws.count();
    expect(found()).to.deep.equal({ ...nothing, objects: 6 });
    expect(aws.stock()).to.not.have.any.keys('taking', 'held_until', 'fault');
    expect(aws.logs).to.deep.equal([
      {
        event: 'stock taken',
        level: 'INFO',
        scope: 'whole',
        since: aws.stock().whole?.since,
        objects: 6,
        registered: 0,
        missing: 0,
        lost: 0,
        hidden: 0,
        unnamed: 0,
        unnamedBytes: 0,
      },
    ]);
  });

  it('looks at what is recent every hour, and at everything every day', async () => {
    aws.keep('2026-11-01T10:00:00Z');
    aws.keep('2026-11-21T10:00:00Z');
    const { gate, calls } = counting('ListObjectVersionsCommand');
    const scopes: string[] = [];
    for (let minutes = 0; minutes < 26 * 60; minutes += 20) {
      const before = aws.logs.length;
      await aws.wake(weather, {}, gate);
      scopes.push(...aws.logs.slice(before).map(({ scope }) => String(scope)));
      aws.clock += 20 * minute;
    }
    expect(scopes).to.deep.equal(['whole', ...Array.from({ length: 23 }, () => 'recent'), 'whole']);
    expect(found('recent')?.objects).to.equal(2);
    // A page holds three in this world: the whole takes two requests, what is recent one.
    expect(calls()).to.equal(2 + 23 + 2);
  });

  describe('a window whose registration is lost', () => {
    it('is registered, and loaded by the same wake-up', async () => {
      const keys = aws.lose('2026-11-01T10:00:00Z', 3);
      await aws.count();
      expect(found()).to.deep.equal({ ...nothing, objects: 3, registered: 3 });
      expect(aws.logsOf('lost objects registered')).to.deep.equal([
        { event: 'lost objects registered', level: 'WARN', resource: 'weather', objects: 3, windows: 1 },
      ]);
      const { objects } = await aws.manifestOf(aws.run());
      expect(objects.map(({ key }) => key)).to.have.members(keys);
    });

    it('is registered although some of its objects are', async () => {
      const [kept = '', lost = ''] = aws.keep('2026-11-21T10:00:00Z', 2);
      aws.dynamo.items.delete(JSON.stringify([`OBJECT#${lost}`, 'OBJECT']));
      await aws.count();
      expect(aws.object(lost)).to.include({ state: 'pending', resource: 'weather' });
      expect(aws.object(kept)).to.include({ state: 'done' });
    });

    it('is left to the next wake-up when it was only just committed', async () => {
      // The index does not show it yet.
      const unseen = await countedScene({ catchUp: () => 0 });
      unseen.lose('2026-11-21T11:00:00Z', 2, { work: 'fetch', work_at: '2026-11-21T11:00:00Z' });
      await unseen.count();
      expect(unseen.stock().whole?.found).to.deep.equal({ ...nothing, objects: 0 });
      expect(unseen.rawObjects()).to.deep.equal([]);
      await unseen.count();
      expect(unseen.stock().recent?.found).to.deep.equal({ ...nothing, objects: 2, registered: 2 });
    });
  });

  it('counts what is deleted or overwritten while its version is kept, and loads it all the same', async () => {
    const [deleted = ''] = aws.keep('2026-11-21T10:00:00Z', 2, 'pending');
    aws.raw.deleted.add(deleted);
    await aws.count();
    expect(found()).to.deep.equal({ ...nothing, objects: 2, hidden: 1 });
    const { objects } = await aws.manifestOf(aws.run());
    expect(objects.map(({ key }) => key)).to.include(deleted);
  });

  describe('an object that no committed window names', () => {
    const scheduledAt = new Date('2026-11-20T03:00:00Z');
    const key = rawObjectKey({ resource: 'weather', slice: 'all', scheduledAt, attempt: 7, part: 0 });
    const add = (at: string, name = key) =>
      aws.raw.strays.set(name, { version: 's', bytes: 50, at: new Date(at) });

    const cases: [what: string, counted: boolean, act: () => void][] = [
      ['is counted when it is a day old', true, () => add('2026-11-20T03:00:00Z')],
      ['is ignored when it is younger', false, () => add('2026-11-21T03:00:00Z')],
      [
        'is counted where it does not even look like one of ours',
        true,
        () => add('2026-11-20T03:00:00Z', 'raw/weather/zzz'),
      ],
      [
        'is ignored while its window is paused',
        false,
        () => {
          add('2026-11-20T03:00:00Z');
          aws.dynamo.put({ ...fetchItem('weather', '2026-11-20T03:00:00Z', 0), state: 'paused' });
        },
      ],
      [
        'is ignored when it was loaded: a later attempt of its window was committed since',
        false,
        () => {
          add('2026-11-20T03:00:00Z');
          aws.dynamo.put({ pk: `OBJECT#${key}`, sk: 'OBJECT', key, state: 'done', resource: 'weather' });
        },
      ],
    ];
    for (const [what, counted, act] of cases) {
      it(what, async () => {
        aws.keep('2026-11-20T02:00:00Z');
        act();
        await aws.count();
        const unnamed = counted ? { unnamed: 1, unnamed_bytes: 50 } : {};
        expect(found()).to.deep.equal({ ...nothing, objects: 2, ...unnamed });
        expect(aws.logged()).to.deep.equal(['stock taken']);
      });
    }
  });

  it('tells of what goes wrong once an hour, keeps no load from starting, and goes on later', async () => {
    aws.keep('2026-11-01T10:00:00Z', 8);
    let isDenied = true;
    const denied: Gate = (call, effect) => {
      if (!isDenied || call !== 'ListObjectVersionsCommand') return effect();
      throw Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
    };
    aws.clock += hour;
    aws.land('weather', '2026-11-21T11:00:00Z', 1);
    for (let minutes = 0; minutes < 125; minutes += 5) {
      await aws.wake(weather, {}, denied);
      const run = aws.activeRun();
      if (run) await aws.succeed(run);
      aws.clock += 5 * minute;
    }
    expect(aws.loadStates()).to.deep.equal(['closed']);
    const told = aws.logsOf('stock not taken');
    expect(told).to.have.length(3);
    expect(told[0]).to.include({
      level: 'ERROR',
      error:
        "Access Denied; the dispatch function's role needs s3:ListBucketVersions on staging: deploy again",
    });
    expect(aws.stock().fault).to.include({ error: told[0]?.['error'] });
    isDenied = false;
    aws.clock += hour;
    await aws.wake(weather, {}, denied);
    expect(aws.stock()).to.not.have.property('fault');
    expect(found()).to.include({ objects: 9, missing: 0 });
  });

  it('does not trust an answer that DynamoDB has given in part', async () => {
    const [key = ''] = aws.keep('2026-11-21T10:00:00Z', 2);
    aws.raw.strays.set('raw/weather/zzz', { version: 's', bytes: 1, at: new Date(0) });
    await aws.count(async (call, effect) =>
      call === 'BatchGetCommand' ? { Responses: {}, UnprocessedKeys: { ledger: { Keys: [] } } } : effect(),
    );
    expect(aws.logged()).to.deep.equal(['stock not taken']);
    expect(aws.object(key)).to.include({ state: 'done' });
  });

  it('stops when its time is over, and the next wake-up goes on there', async () => {
    for (let day = 1; day <= 9; day += 1) aws.keep(`2026-11-0${day}T10:00:00Z`, 2);
    const slow: Gate = (call, effect) => {
      if (call === 'ListObjectVersionsCommand') aws.clock += 15_000;
      return effect();
    };
    aws.clock += hour;
    const places: (string | undefined)[] = [];
    while (!aws.stock().whole) {
      await aws.wake(weather, {}, slow);
      places.push(aws.stock().taking?.place.after.slice('raw/weather/year=2026/month='.length).slice(0, 9));
    }
    expect(places).to.deep.equal(['11/day=02', '11/day=04', '11/day=06', '11/day=08', undefined]);
    expect(found()).to.deep.equal({ ...nothing, objects: 18 });
  });

  it('takes a range from whichever side has more, also where the bucket is empty', async () => {
    for (let day = 1; day <= 6; day += 1)
      for (const key of aws.keep(`2026-11-0${day}T10:00:00Z`, 400)) aws.raw.gone.add(key);
    for (const key of aws.keep('2026-11-07T10:00:00Z', 1500)) aws.raw.gone.add(key);
    const { gate, calls } = counting('ListObjectVersionsCommand');
    await aws.count(gate);
    expect(found()).to.include({ objects: 3900, missing: 3900 });
    const told = aws.logsOf('raw objects missing').map(({ objects }) => objects);
    expect(told).to.deep.equal([1200, 1200, 1500]);
    expect(calls()).to.equal(4);
  });

  it('goes on within a window that takes many pages', async () => {
    aws.raw.pageSize = 1000;
    const keys = aws.keep('2026-11-07T10:00:00Z', 4000);
    aws.raw.deleted.add(keys[7] ?? '');
    await aws.count();
    expect(found()).to.deep.equal({ ...nothing, objects: 4000, hidden: 1 });
  });
});
