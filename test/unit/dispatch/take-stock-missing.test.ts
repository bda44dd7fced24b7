import { expect } from 'chai';
import { countedScene, type CountedScene } from '../../support/counted-scene.ts';
import { minute } from '../../support/dispatch-scene.ts';

const nothing = {
  registered: 0,
  missing: 0,
  missing_keys: [],
  lost: 0,
  hidden: 0,
  unnamed: 0,
  unnamed_bytes: 0,
};

describe('a raw object that is gone', () => {
  let aws: CountedScene;
  beforeEach(async () => {
    aws = await countedScene();
  });
  const found = (scope: 'recent' | 'whole' = 'whole') => aws.stock()[scope]?.found;

  it('is told of once when it was loaded before, and stays done', async () => {
    const keys = [...aws.keep('2026-11-21T09:00:00Z', 3), ...aws.keep('2026-11-21T10:00:00Z', 2)];
    for (const key of keys.slice(1)) aws.raw.gone.add(key);
    await aws.count();
    await aws.count();
    const [log, ...more] = aws.logsOf('raw objects missing').filter(({ objects }) => objects !== 0);
    expect(
      [log, ...more].reduce((sum, each) => sum + Number(each?.['objects']), 0),
      'told of',
    ).to.equal(4);
    expect(log).to.include({ level: 'ERROR', resource: 'weather', quarantined: 0 });
    expect(log?.['keys']).to.include(keys[1]);
    expect(found('recent')).to.deep.equal({
      ...nothing,
      objects: 5,
      missing: 4,
      missing_keys: keys.slice(1, 4),
    });
    for (const key of keys.slice(1)) {
      expect(aws.object(key)).to.include({ state: 'done' }).and.to.have.property('missing_since');
    }
    expect(aws.object(keys[0] ?? '')).to.not.have.property('missing_since');
  });

  it('goes to quarantine when it is pending, and the others are loaded', async () => {
    const [gone = '', ...others] = aws.keep('2026-11-21T10:00:00Z', 3, 'pending');
    aws.raw.gone.add(gone);
    await aws.count();
    expect(aws.object(gone)).to.include({ state: 'quarantined' }).and.to.not.have.any.keys('work', 'load');
    expect(aws.logsOf('raw objects missing')[0]).to.include({ objects: 1, quarantined: 1, windows: 1 });
    expect(found()).to.deep.equal({ ...nothing, objects: 3, missing: 1, missing_keys: [gone], lost: 1 });
    const { objects } = await aws.manifestOf(aws.run());
    expect(objects.map(({ key }) => key)).to.have.members(others);
  });

  it('kills one load at most, also in a window that is long past', async () => {
    aws.keep('2026-11-21T10:00:00Z');
    await aws.count();
    const [gone = '', ...others] = aws.keep('2026-11-01T10:00:00Z', 4, 'pending');
    aws.raw.gone.add(gone);
    for (let round = 0; round < 4; round += 1) {
      aws.clock += minute;
      await aws.wake();
      const run = aws.activeRun();
      if (!run) continue;
      const { objects } = await aws.manifestOf(run);
      // As the engine does: it reads exactly the version that it is told to.
      if (objects.some(({ key }) => aws.raw.gone.has(key))) aws.die(run);
      else await aws.succeed(run);
    }
    expect(aws.loadStates()).to.deep.equal(['failed', 'closed']);
    expect(aws.object(gone)).to.include({ state: 'quarantined' });
    for (const key of others) expect(aws.object(key)).to.include({ state: 'done' });
  });

  it('is looked for once after each dead load, whatever that has died of', async () => {
    aws.keep('2026-11-21T10:00:00Z');
    await aws.count();
    aws.keep('2026-11-21T09:00:00Z', 2, 'pending');
    // After three of them nothing starts for a quarter of an hour.
    for (let minutes = 0; minutes < 10; minutes += 1) {
      aws.clock += minute;
      await aws.wake();
      const run = aws.activeRun();
      if (run) aws.die(run);
    }
    expect(aws.loadStates()).to.deep.equal(['failed', 'failed', 'failed']);
    const scopes = aws.logsOf('stock taken').map(({ scope }) => scope);
    expect(scopes).to.deep.equal(['whole', 'whole', 'whole', 'whole']);
  });

  it('is gone although another version has taken its place', async () => {
    const [key = ''] = aws.keep('2026-11-21T10:00:00Z', 2, 'pending');
    aws.raw.gone.add(key);
    aws.raw.strays.set(key, { version: 'restored', bytes: 1000, at: new Date(0) });
    await aws.count();
    expect(found()).to.include({ objects: 2, missing: 1, lost: 1, unnamed: 0 });
    expect(aws.object(key)).to.include({ state: 'quarantined' });
  });

  it('stays done although an answer of DynamoDB is older than that', async () => {
    const [key = ''] = aws.keep('2026-11-21T10:00:00Z', 1);
    aws.raw.gone.add(key);
    await aws.count(async (call, effect) => {
      const answer = await effect();
      if (call !== 'BatchGetCommand') return answer;
      const { Responses } = answer as { Responses: { ledger: { state: string }[] } };
      return { Responses: { ledger: Responses.ledger.map((item) => ({ ...item, state: 'pending' })) } };
    });
    expect(aws.object(key)).to.include({ state: 'done' });
  });

  it('is left alone while a load may have it in hand, and judged after that', async () => {
    const [gone = '', ...others] = aws.keep('2026-11-21T10:00:00Z', 2, 'pending');
    let isListed = false;
    await aws.count(async (call, effect) => {
      if (call !== 'ListObjectVersionsCommand' || isListed) return effect();
      isListed = true;
      // Another wake-up starts a load, which reads the object before it goes.
      await aws.wake();
      aws.raw.gone.add(gone);
      return effect();
    });
    expect(aws.logsOf('raw objects missing')).to.deep.equal([]);
    expect(aws.stock()).to.have.property('taking');
    expect(aws.object(gone)).to.include({ state: 'pending' });
    await aws.succeed(aws.run());
    aws.clock += minute;
    await aws.wake();
    expect(aws.logsOf('raw objects missing')[0]).to.include({ objects: 1, quarantined: 0 });
    for (const key of [gone, ...others]) expect(aws.object(key)).to.include({ state: 'done' });
    expect(aws.loadStates()).to.deep.equal(['closed']);
  });
});
