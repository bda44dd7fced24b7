import { expect } from 'chai';
import * as fc from 'fast-check';
import { minute } from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { byDay, byHour, loadedScene, type GenerationScene } from '../../support/generation-scene.ts';
import { interleave } from '../../support/interleave.ts';

/** Whatever happened on the way: queries have read one whole generation after the other. */
async function expectMadeAnew(scene: GenerationScene): Promise<void> {
  const item = await scene.table();
  expect(item).to.include({ generation: 2, partition_by: 'day' });
  expect(item).to.not.have.property('building');
  expect(scene.place()).to.equal('s3://curated/weather.g2/');
  const accused = scene.accused();
  const whole = (keys: string[]): string[] => keys.filter((key) => !accused.has(key));
  expect(whole(scene.engine.heldIn('weather.g2'))).to.deep.equal(whole(scene.landed()));
  expect(scene.engine.heldIn('weather'), 'the old files').to.deep.equal([]);
  expect(scene.aws.logged()).to.not.include.members(['generation at fault']);
  const open = [...scene.aws.dynamo.items.values()].filter(
    ({ work }) => work !== undefined && work !== 'quarantine',
  );
  expect(open, 'open work').to.deep.equal([]);
  for (const { key, state } of scene.aws.rawObjects()) {
    expect(state, key).to.equal(accused.has(key) ? 'quarantined' : 'done');
  }
}

async function finish(scene: GenerationScene): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    scene.aws.clock += 360 * minute;
    await scene.settle(byDay, 5);
  }
}

const stages: [string, (scene: GenerationScene) => Promise<void>][] = [
  ['has nothing but the beginning', async () => undefined],
  ['starts the load', async (scene) => void (await scene.reopen())],
  [
    'commits it, counts, checks and switches',
    async (scene) => {
      await scene.reopen();
      await scene.wake(byDay);
      await scene.engine.succeed(scene.aws.run());
    },
  ],
  [
    'deletes the old files',
    async (scene) => {
      await scene.settle(byDay);
      scene.aws.clock += 61 * minute;
    },
  ],
];

for (const [what, prepare] of stages) {
  const stage = async (): Promise<GenerationScene> => {
    const scene = await loadedScene();
    await scene.begin();
    await prepare(scene);
    return scene;
  };

  describe(`a wake-up of a table that is made anew, which ${what}`, () => {
    it('may be killed after any of its calls', async () => {
      for (let killedAfter = 1; ; killedAfter += 1) {
        const scene = await stage();
        const run = (gate: Gate): Promise<void> => scene.wake(byDay, gate);
        const { killed } = await interleave([{ killedAfter, run }], () => 0);
        await finish(scene);
        await expectMadeAnew(scene);
        if (killed > 0) continue;
        expect(killedAfter, 'calls').to.be.greaterThan(20);
        break;
      }
    }).timeout(60_000);

    it('may be overtaken by another, before any of its calls', async () => {
      for (let call = 1; ; call += 1) {
        const scene = await stage();
        let calls = 0;
        await scene.wake(byDay, async (_, effect) => {
          calls += 1;
          if (calls === call) await scene.wake(byDay);
          return effect();
        });
        await finish(scene);
        await expectMadeAnew(scene);
        if (calls >= call) continue;
        expect(call, 'calls').to.be.greaterThan(20);
        break;
      }
    }).timeout(60_000);
  });
}

describe('wake-ups, loads that die and windows that land while a table is made anew', () => {
  const round = fc.record({
    lands: fc.integer({ min: 0, max: 2 }),
    wakeUps: fc.array(fc.option(fc.integer({ min: 0, max: 80 }), { nil: undefined, freq: 3 }), {
      minLength: 1,
      maxLength: 2,
    }),
    engine: fc.constantFrom('runs on', 'succeeds', 'succeeds', 'dies'),
    /** The command: never, before the wake-ups, between their calls, or once more. */
    command: fc.constantFrom('none', 'none', 'begins', 'reopens'),
    minutes: fc.constantFrom(1, 1, 90),
  });

  it('end in one whole generation', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat(1000)),
        async (rounds, chance) => {
          const random = (choices: number): number => Number(chance.next().value) % choices;
          const scene = await loadedScene({ catchUp: (behind) => random(behind + 1) });
          let begun = false;
          let hour = 10;
          for (const { lands, wakeUps, engine, command, minutes } of rounds) {
            for (let window = 0; window < lands; window += 1) {
              hour += 1;
              scene.aws.land('weather', `2026-11-21T${hour}:00:00Z`, 1);
            }
            const source = begun ? byDay : byHour;
            const actors = wakeUps.map((killedAfter) => ({
              killedAfter,
              run: (gate: Gate) => scene.wake(source, gate),
            }));
            const glue = async (gate: Gate): Promise<void> => {
              for (let step = 0; step < 6; step += 1) {
                await gate('engine', async () => {
                  const run = scene.aws.activeRun();
                  if (run && engine === 'succeeds') await scene.engine.succeed(run);
                  if (run && engine === 'dies') await scene.engine.die(run);
                });
              }
            };
            const user = async (gate: Gate): Promise<void> => {
              for (let step = random(20); step > 0; step -= 1) await gate('user', async () => undefined);
              await gate('user', async () => {
                if (command === 'begins' && !begun) {
                  begun = true;
                  await scene.begin();
                } else if (command === 'reopens' && (await scene.table()).building) await scene.reopen();
              });
            };
            await interleave(
              [...actors, { killedAfter: undefined, run: glue }, { killedAfter: undefined, run: user }],
              random,
            ).catch((error: unknown) => {
              // Of a source that is not deployed yet.
              if (!(error instanceof Error) || !/made anew for another source/.test(error.message))
                throw error;
            });
            scene.aws.clock += minutes * minute;
          }
          if (!begun) await scene.begin();
          await finish(scene);
          await expectMadeAnew(scene);
        },
      ),
      { numRuns: 100 },
    );
  }).timeout(120_000);
});
