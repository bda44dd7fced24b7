import { expect } from 'chai';
import { minute, weatherAndCities } from '../../support/dispatch-scene.ts';
import { expectOutcome, poison, poisonScene, sorted, type PoisonScene } from '../../support/poison-scene.ts';

function runOf(scene: PoisonScene, load: string): PoisonScene['aws']['runs'][number] {
  const run = scene.aws.runs.find(({ Arguments }) => Arguments?.['--manifest']?.includes(load));
  if (!run) throw new Error(`${load} was never started`);
  return run;
}

async function overtake(scene: PoisonScene): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await scene.wake();
    await scene.run();
  }
}

describe('an object that kills its engine', () => {
  for (const at of [0, 99, 100, 199]) {
    it(`is found among 200, where it is number ${at}: the others are published, it is named`, async () => {
      const scene = poisonScene();
      const landed = scene.land(200);
      const culprit = sorted(landed)[at] ?? '';
      poison(scene, [culprit]);
      await scene.settle();
      expectOutcome(scene, landed);
      expect(scene.done()).to.have.length(199);
      expect(scene.dead()).to.have.length.within(9, 10);
      expect(scene.aws.loads(), 'paid runs').to.have.length.within(16, 18);
      // 18 runs, and one pause where the first half is the one at fault.
      expect(scene.minutes()).to.be.at.most(60);
      const object = scene.aws.rawObjects().find(({ key }) => key === culprit);
      const { error } = scene.dead().at(-1) ?? {};
      expect(object).to.include({ attempts: scene.dead().length, error, work: 'quarantine' });
      expect(scene.aws.logs.filter(({ event }) => event === 'object quarantined')).to.deep.equal([
        {
          event: 'object quarantined',
          level: 'ERROR',
          resource: 'weather',
          key: culprit,
          loads: scene.dead().map(({ load }) => load),
          error,
        },
      ]);
    });
  }

  it('is tried once more as it was, then in halves that are not halved again while they are untried', async () => {
    const scene = poisonScene();
    const landed = sorted(scene.land(8));
    poison(scene, landed.slice(0, 1));
    await scene.settle();
    const loads = scene.aws.loads().map(({ objects, state }) => `${objects} ${state}`);
    expect(loads).to.deep.equal([
      '8 failed',
      '8 failed',
      '4 failed',
      '4 closed',
      '2 failed',
      '2 closed',
      '1 failed',
      '1 closed',
    ]);
  });

  it('keeps no other object waiting: what lands meanwhile has loads of its own', async () => {
    const scene = poisonScene();
    poison(scene, scene.land(16).slice(-1));
    await scene.wake();
    await scene.run();
    for (let hour = 11; hour < 19; hour += 1) {
      const [fresh = ''] = scene.land(1, 'cities', hour);
      const before = scene.aws.runs.length;
      while (!scene.done().includes(fresh)) {
        await scene.wake();
        await scene.run();
      }
      // The one that runs when it lands, and one more that dies.
      expect(scene.aws.runs.length - before, `runs until it is loaded, ${hour} h`).to.be.at.most(3);
    }
    for (const load of scene.aws.loads().slice(1)) {
      const { objects } = await scene.aws.manifestOf(runOf(scene, load.load));
      const resources = new Set(objects.map(({ table }) => table));
      expect([...resources], load.load).to.deep.equal([load.retry ? 'weather' : 'cities']);
    }
  });

  it('is found though fresh objects come all the time', async () => {
    const scene = poisonScene();
    const landed = scene.land(8);
    poison(scene, landed.slice(-1));
    let hour = 10;
    for (; scene.quarantined().length === 0 && hour < 60; hour += 1) {
      landed.push(...scene.land(1, 'cities', hour));
      await scene.wake();
      await scene.run();
    }
    expect(hour, 'runs until it is found').to.be.below(60);
    await scene.settle();
    expectOutcome(scene, landed);
  });

  it('of one resource leaves the others alone from the first split on', async () => {
    const scene = poisonScene();
    const cities: string[] = [];
    for (const hour of [10, 11, 12, 13]) {
      poison(scene, scene.land(1, 'weather', hour));
      cities.push(...scene.land(1, 'cities', hour));
      // Registered one after the other.
      await scene.aws.wake(weatherAndCities, { batchWindowMs: 60 * minute });
    }
    while (scene.done().length === 0) {
      await scene.wake();
      if (!(await scene.run())) scene.aws.clock += 15 * minute;
    }
    await scene.wake();
    expect(scene.done()).to.deep.equal(sorted(cities));
    expect(scene.dead()).to.have.length.at.most(3);
  });

  it('is not accused by a wake-up that comes late', async () => {
    for (let call = 1; ; call += 1) {
      const scene = poisonScene();
      const [innocent = ''] = scene.land(1);
      for (let death = 1; death <= 2; death += 1) {
        await scene.wake();
        scene.aws.die(scene.aws.run());
      }
      scene.land(1, 'cities', 11);
      let calls = 0;
      await scene.wake(async (_, effect) => {
        calls += 1;
        // Others bury the load, and one that goes well follows it before this one goes on.
        if (calls === call) await overtake(scene);
        return effect();
      });
      expect(scene.aws.logged(), `call ${call}`).to.not.include('object quarantined');
      await scene.settle();
      expect(scene.done()).to.include(innocent);
      if (calls >= call) continue;
      expect(call, 'calls').to.be.greaterThan(10);
      break;
    }
  });

  it('waits for proof that the engine works with others', async () => {
    const scene = poisonScene();
    const [alone = ''] = scene.land(1);
    poison(scene, [alone]);
    for (let round = 0; round < 8; round += 1) {
      await scene.wake();
      await scene.run();
      scene.aws.clock += 360 * minute;
    }
    expect(scene.dead().length).to.be.greaterThan(2);
    expect(scene.quarantined()).to.deep.equal([]);
    const landed = [alone, ...scene.land(1, 'cities', 11)];
    await scene.settle();
    expectOutcome(scene, landed);
  });

  it('goes to quarantine after twenty dead loads where nothing else is ever loaded', async () => {
    const scene = poisonScene();
    const landed = scene.land(1);
    poison(scene, landed);
    await scene.settle();
    expectOutcome(scene, landed);
    expect(scene.dead()).to.have.length(20);
    expect(scene.minutes()).to.be.greaterThan(3 * 24 * 60);
  });

  it('stays pending where the engine ends well and what it reports does not add up', async () => {
    const scene = poisonScene();
    scene.land(2, 'cities');
    const [first = ''] = sorted(scene.land(2));
    for (let round = 0; round < 40; round += 1) {
      await scene.wake();
      const run = scene.aws.activeRun();
      const { objects } = run ? await scene.aws.manifestOf(run) : { objects: [] };
      if (objects.some(({ key }) => key === first)) {
        await scene.aws.report((lines) =>
          lines.map((line) => (line.kind === 'file' ? { ...line, inserted: 1 } : line)),
        );
      } else await scene.run();
      scene.aws.clock += 360 * minute;
    }
    expect(scene.done()).to.have.length(3);
    expect(scene.quarantined()).to.deep.equal([]);
    expect(scene.aws.loads().at(-1)).to.include({ objects: 1, unbalanced: true });
  });
});
