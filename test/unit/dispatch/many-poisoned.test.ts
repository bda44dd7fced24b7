import { expect } from 'chai';
import * as fc from 'fast-check';
import { minute } from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { rowsPerObject } from '../../support/fake-engine.ts';
import { interleave } from '../../support/interleave.ts';
import { expectOutcome, poison, poisonScene } from '../../support/poison-scene.ts';

/** Keys of some of the objects of the first window of a scene. */
function keysAt(objects: number, numbers: readonly number[]): Set<string> {
  const landed = poisonScene().land(objects);
  return new Set(numbers.map((number) => landed[number] ?? ''));
}

describe('objects that kill their engine', () => {
  const several = fc
    .integer({ min: 1, max: 24 })
    .chain((objects) =>
      fc.record({ objects: fc.constant(objects), poisoned: fc.subarray([...Array(objects).keys()]) }),
    );

  it('are found one by one, whichever they are, in k · (⌈log2 n⌉ + 3) dead loads', async () => {
    await fc.assert(
      fc.asyncProperty(several, fc.func(fc.boolean()), async ({ objects, poisoned }, wrote) => {
        // It may have written some of the others; what it leaves of the culprits is the next property's.
        const culprits = keysAt(objects, poisoned);
        const scene = poisonScene({ hasWritten: (key) => !culprits.has(key) && wrote(key) });
        const landed = scene.land(objects);
        poison(scene, culprits);
        await scene.settle();
        expectOutcome(scene, landed);
        // Law 8: the sums are those of the same loads where nothing had died.
        expect(scene.told()).to.equal((objects - culprits.size) * rowsPerObject);
        expect(scene.engine.counted([]).rows).to.equal(scene.told());
        const each = culprits.size < objects ? Math.ceil(Math.log2(objects)) + 3 : 20;
        expect(scene.dead().length).to.be.at.most(culprits.size * each);
      }),
      { numRuns: 40 },
    );
  }).timeout(60_000);

  const round = fc.record({
    lands: fc.array(
      fc.record({
        resource: fc.constantFrom('weather', 'cities'),
        poisoned: fc.array(fc.boolean(), { maxLength: 5 }),
      }),
      { maxLength: 2 },
    ),
    wakeUps: fc.array(fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 2 }), {
      minLength: 1,
      maxLength: 3,
    }),
    ends: fc.boolean(),
    minutes: fc.constantFrom(1, 20, 400),
  });

  it('are found by wake-ups that are killed and overtake each other, however they land', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat(1000)),
        fc.func(fc.boolean()),
        async (rounds, chance, hasWritten) => {
          const next = (choices: number): number => Number(chance.next().value) % choices;
          const scene = poisonScene({ catchUp: (behind) => next(behind + 1), hasWritten });
          const landed: string[] = [];
          let hour = 10;
          for (const { lands, wakeUps, ends, minutes } of rounds) {
            for (const { resource, poisoned } of lands) {
              hour += 1;
              const keys = scene.land(poisoned.length, resource, hour);
              poison(
                scene,
                keys.filter((_, number) => poisoned[number]),
              );
              landed.push(...keys);
            }
            const actors = wakeUps.map((killedAfter) => ({
              killedAfter,
              run: (gate: Gate) => scene.wake(gate),
            }));
            await interleave(actors, next);
            if (ends) await scene.run();
            scene.aws.clock += minutes * minute;
          }
          await scene.settle();
          expectOutcome(scene, landed);
          expect(scene.dead().length).to.be.at.most(20 * scene.engine.poisoned.size);
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(120_000);

  it('go to quarantine once, whichever call the wake-up is killed after', async () => {
    for (let killedAfter = 1; ; killedAfter += 1) {
      const scene = poisonScene();
      const landed = scene.land(2);
      poison(scene, landed.slice(0, 1));
      while (scene.dead().length < 3) {
        await scene.wake();
        if (!(await scene.run())) scene.aws.clock += 15 * minute;
      }
      // The other half goes well; then the culprit dies alone, with proof against it.
      for (let half = 0; half < 2; half += 1) {
        scene.aws.clock += 15 * minute;
        await scene.wake();
        await scene.run();
      }
      const { killed } = await interleave([{ killedAfter, run: (gate: Gate) => scene.wake(gate) }], () => 0);
      await scene.settle();
      expectOutcome(scene, landed);
      if (killed > 0) continue;
      expect(killedAfter, 'calls').to.be.greaterThan(8);
      break;
    }
  });
});
