import { expect } from 'chai';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import {
  fetchWorld,
  resource,
  scheduledAt,
  source,
  type FetchWorld,
  type Gate,
} from '../../support/fetch-world.ts';

const slices = ['Oslo', 'Rome', 'Lima'].map((city) => ({ city }));
const weather = source([resource('weather', slices)], { concurrency: 2 });
const newWorld = () => fetchWorld(({ url }) => ({ body: JSON.stringify([url.searchParams.get('city')]) }));

/** The invocation that is killed at its n-th effect never comes back: nothing that it awaits is ever settled. */
function killAt(
  number: number,
  when: 'before' | 'after',
): { gate: Gate; killed: Promise<void>; effects: () => number } {
  let effects = 0;
  let dead = false;
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  const forever = new Promise<never>(() => undefined);
  const gate: Gate = async (effect) => {
    if (dead) return forever;
    effects += 1;
    if (effects !== number) return effect();
    dead = true;
    if (when === 'after') await effect();
    resolve();
    return forever;
  };
  return { gate, killed, effects: () => effects };
}

async function effectsInAll(): Promise<number> {
  const { gate, effects } = killAt(Infinity, 'before');
  await fetchSource(weather, { scheduledAt }, newWorld().deps('r1', gate));
  return effects();
}

function expectWhole(world: FetchWorld): void {
  const { state, objects = [], attempt } = world.fetch('weather') ?? {};
  expect(state).to.equal('committed');
  expect(objects.every(({ key }) => key.includes(`-all-${attempt}-`))).to.equal(true);
  expect(
    objects.map(({ key, version_id }) => world.bucket.objects.get(key)?.version === version_id),
  ).to.not.include(false);
  expect(world.lines('weather').map(({ body }) => body)).to.have.deep.members([['Oslo'], ['Rome'], ['Lima']]);
  expect(world.window('weather'))
    .to.include({ last_committed_at: scheduledAt })
    .and.not.have.property('holder');
}

describe('a fetch that is killed', () => {
  for (const [next, request, waitMs] of [
    ['the repetition by Lambda', 'r1', 0],
    ['another invocation, when the lease has ended', 'r2', 310_001],
  ] as const) {
    it(`at any effect has committed nothing, or all; ${next} completes it`, async () => {
      const effects = await effectsInAll();
      expect(effects).to.be.greaterThan(7);
      for (let number = 1; number <= effects; number += 1) {
        for (const when of ['before', 'after'] as const) {
          const world = newWorld();
          const { gate, killed } = killAt(number, when);
          void fetchSource(weather, { scheduledAt }, world.deps('r1', gate));
          await killed;
          const { state, objects } = world.fetch('weather') ?? {};
          if (state === 'committed') expectWhole(world);
          else expect(objects).to.equal(undefined);

          world.clock += waitMs;
          const again = await fetchSource(weather, { scheduledAt }, world.deps(request));
          expect(again.windows[0]?.outcome).to.equal(state === 'committed' ? 'skipped' : 'committed');
          expectWhole(world);
        }
      }
    });
  }

  it('at any effect by an error gives the window back, or leaves it to the lease', async () => {
    const effects = await effectsInAll();
    for (let number = 1; number <= effects; number += 1) {
      const world = newWorld();
      let count = 0;
      const failing: Gate = async (effect) => {
        count += 1;
        if (count === number) throw new Error('out of order');
        return effect();
      };
      // A request that fails is tried again, so not every failing effect fails the fetch.
      await fetchSource(weather, { scheduledAt }, world.deps('r1', failing)).catch(() => undefined);
      expect(world.window('weather') ?? {}).to.not.have.property('holder');
      await fetchSource(weather, { scheduledAt }, world.deps('r2'));
      expectWhole(world);
      expect(world.bucket.uploads).to.have.property('size', 0);
    }
  });
});
