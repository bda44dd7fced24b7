import { expect } from 'chai';
import { minute } from '../../support/dispatch-scene.ts';
import { expectOutcome, poison, poisonScene } from '../../support/poison-scene.ts';

describe('the circuit breaker', () => {
  it('starts an engine that is dead itself some twenty times on the first day, then eight times', async () => {
    const scene = poisonScene();
    const day = 24 * 60 * minute;
    const started: number[] = [];
    const begin = scene.aws.clock;
    for (let hour = 0; hour < 72; hour += 1) {
      const at = new Date(begin + hour * 60 * minute).toISOString();
      scene.aws.land('weather', at, 2);
      const until = begin + (hour + 1) * 60 * minute;
      while (scene.aws.clock < until) {
        await scene.wake();
        const run = scene.aws.activeRun();
        if (run) {
          started.push(scene.aws.clock - begin);
          scene.aws.clock += 2 * minute;
          scene.aws.die(run);
        } else scene.aws.clock += 5 * minute;
      }
    }
    const perDay = [0, 1, 2].map((number) => started.filter((at) => Math.floor(at / day) === number).length);
    expect(perDay[0]).to.be.within(15, 20);
    expect(perDay[1]).to.be.at.most(8);
    expect(perDay[2]).to.be.at.most(8);
    expect(scene.quarantined(), 'nobody is accused').to.deep.equal([]);
    // The engine is back.
    const before = scene.aws.runs.length;
    scene.aws.clock += 360 * minute;
    await scene.settle();
    expect(new Set(scene.aws.objectStates())).to.deep.equal(new Set(['done']));
    expect(scene.aws.runs.length - before, 'runs until all is loaded').to.be.at.most(started.length + 2);
  });

  it('allows no night of hundreds of runs where many objects are at fault', async () => {
    const scene = poisonScene();
    const landed = scene.land(60);
    poison(
      scene,
      landed.filter((_, number) => number % 3 === 0),
    );
    await scene.settle();
    expectOutcome(scene, landed);
    const died = scene.dead().map(({ ended_at: at = '' }) => Date.parse(at));
    const night = 8 * 60 * minute;
    const most = Math.max(...died.map((from) => died.filter((at) => at >= from && at < from + night).length));
    expect(most).to.be.at.most(32);
    expect(scene.aws.loads().length - died.length, 'loads that went well').to.be.at.most(died.length + 1);
  }).timeout(60_000);
});
