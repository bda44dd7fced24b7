import { expect } from 'chai';
import * as fc from 'fast-check';
import { rawObjectKey } from '../../../pipeline/raw-object.ts';
import { countedScene, type CountedScene } from '../../support/counted-scene.ts';
import { minute, weather } from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { interleave } from '../../support/interleave.ts';

/** One of everything, over more ranges than one. */
async function stage(): Promise<{ aws: CountedScene; gone: string[] }> {
  const aws = await countedScene();
  aws.keep('2026-11-01T10:00:00Z', 2);
  aws.lose('2026-11-02T10:00:00Z', 2);
  const [, done = ''] = aws.keep('2026-11-03T10:00:00Z', 3);
  const [pending = ''] = aws.keep('2026-11-20T10:00:00Z', 3, 'pending');
  const [deleted = ''] = aws.keep('2026-11-21T10:00:00Z', 2);
  aws.raw.gone.add(done).add(pending);
  aws.raw.deleted.add(deleted);
  const scheduledAt = new Date('2026-11-19T03:00:00Z');
  const stray = rawObjectKey({ resource: 'weather', slice: 'all', scheduledAt, attempt: 7, part: 0 });
  aws.raw.strays.set(stray, { version: 's', bytes: 50, at: scheduledAt });
  aws.clock += 61 * minute;
  return { aws, gone: [done, pending] };
}

/** Healthy wake-ups and an engine that dies of what is gone, as the real one does, until nothing is left to do. */
async function finish(aws: CountedScene): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    // A wake-up that was killed holds the stock for five minutes.
    aws.clock += 6 * minute;
    await aws.wake();
    const run = aws.activeRun();
    if (!run) continue;
    const { objects } = await aws.manifestOf(run);
    if (objects.some(({ key }) => aws.raw.gone.has(key))) aws.die(run);
    else await aws.succeed(run);
  }
}

/** All that must be so in the end. Objects registered are not in it: a wake-up that was killed has told nobody of them. */
function expectOrder(aws: CountedScene, gone: readonly string[]): void {
  const { registered: _, ...found } = aws.stock().whole?.found ?? { registered: 0 };
  expect(found).to.deep.equal({
    objects: 12,
    missing: 2,
    missing_keys: gone,
    lost: 1,
    hidden: 1,
    unnamed: 1,
    unnamed_bytes: 50,
  });
  expect(aws.stock()).to.not.have.any.keys('taking', 'held_until', 'fault');
  const [done = '', pending = ''] = gone;
  expect(aws.object(done)).to.include({ state: 'done' }).and.to.have.property('missing_since');
  expect(aws.object(pending)).to.include({ state: 'quarantined' }).and.to.have.property('missing_since');
  const others = aws.rawObjects().filter(({ key }) => !gone.includes(key));
  expect(others).to.have.length(10);
  for (const object of others)
    expect(object, object.key)
      .to.include({ state: 'done' })
      .and.to.not.have.any.keys('missing_since', 'work');
  const told = aws.logsOf('raw objects missing').flatMap(({ keys }) => keys as string[]);
  expect(told, 'each is told of').to.include.members([...gone]);
  const dead = aws.loadStates().filter((state) => state === 'failed');
  expect(dead, 'loads that died of it').to.have.length.at.most(1);
  expect(aws.loads().every(({ state }) => state === 'closed' || state === 'failed')).to.equal(true);
}

describe('a wake-up that takes stock', () => {
  it('may be killed after any of its calls', async () => {
    for (let killedAfter = 1; ; killedAfter += 1) {
      const { aws, gone } = await stage();
      const run = (gate: Gate): Promise<void> => aws.wake(weather, {}, gate);
      const { killed } = await interleave([{ killedAfter, run }], () => 0);
      await finish(aws);
      expectOrder(aws, gone);
      if (killed > 0) continue;
      expect(killedAfter, 'calls').to.be.greaterThan(40);
      break;
    }
  });

  it('is left alone by others, whatever the order of their calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), async (chance) => {
        const { aws, gone } = await stage();
        const run = (gate: Gate): Promise<void> => aws.wake(weather, {}, gate);
        const actors = Array.from({ length: 3 }, () => ({ run, killedAfter: undefined }));
        await interleave(actors, (choices) => Number(chance.next().value) % choices);
        await finish(aws);
        expectOrder(aws, gone);
        const registered = aws.logsOf('lost objects registered').map(({ objects }) => Number(objects));
        expect(registered.reduce((sum, each) => sum + each, 0)).to.equal(2);
        const wholes = aws.logsOf('stock taken').filter(({ scope }) => scope === 'whole');
        const dead = aws.loadStates().filter((state) => state === 'failed');
        const most = 1 + dead.length;
        expect(wholes, 'taken once, or once more for a dead load').to.have.length.within(1, most);
        const told = aws.logsOf('raw objects missing').flatMap(({ keys }) => keys as string[]);
        expect(told, 'told of once').to.have.members(gone);
      }),
      { numRuns: 60 },
    );
  }).timeout(30_000);

  it('that is thought dead, and lives, notes nothing any more', async () => {
    const { aws, gone } = await stage();
    let isOvertaken = false;
    await aws.wake(weather, {}, async (call, effect) => {
      if (call === 'ListObjectVersionsCommand' && !isOvertaken) {
        isOvertaken = true;
        await finish(aws);
      }
      return effect();
    });
    expectOrder(aws, gone);
    expect(aws.logsOf('stock taken').filter(({ scope }) => scope === 'whole')).to.have.length(1);
  });
});

describe('stock', () => {
  const window = fc.record({
    objects: fc.integer({ min: 0, max: 5 }),
    state: fc.constantFrom('done' as const, 'pending' as const, 'lost' as const),
    gone: fc.array(fc.nat(4), { maxLength: 2 }),
    deleted: fc.array(fc.nat(4), { maxLength: 2 }),
    stray: fc.boolean(),
    hours: fc.integer({ min: 1, max: 40 }),
  });

  it('is what a simple count says, however the pages fall', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(window, { maxLength: 12 }),
        fc.integer({ min: 1, max: 7 }),
        async (windows, pageSize) => {
          const aws = await countedScene();
          aws.raw.pageSize = pageSize;
          const expected = { objects: 0, registered: 0, missing: 0, hidden: 0, unnamed: 0 };
          let time = Date.parse('2026-11-01T00:00:00Z');
          for (const { objects, state, hours, stray, ...lists } of windows) {
            time += hours * 60 * minute;
            const at = `${new Date(time).toISOString().slice(0, 19)}Z`;
            const keys = state === 'lost' ? aws.lose(at, objects) : aws.keep(at, objects, state);
            const gone = new Set(lists.gone.flatMap((index) => keys[index] ?? []));
            const deleted = new Set(lists.deleted.flatMap((index) => keys[index] ?? []));
            for (const key of gone) aws.raw.gone.add(key);
            for (const key of deleted) aws.raw.deleted.add(key);
            const scheduledAt = new Date(time);
            const name = { resource: 'weather', slice: 'all', scheduledAt, attempt: 9, part: 0 };
            const isStray = stray && time < aws.clock - 24 * 60 * minute;
            if (isStray) aws.raw.strays.set(rawObjectKey(name), { version: 's', bytes: 1, at: scheduledAt });
            expected.objects += objects;
            expected.registered += state === 'lost' ? objects : 0;
            expected.missing += gone.size;
            expected.hidden += [...deleted].filter((key) => !gone.has(key)).length;
            expected.unnamed += isStray ? 1 : 0;
          }
          await aws.count();
          expect(aws.stock().whole?.found).to.include(expected);
          const told = aws.logsOf('raw objects missing').map(({ objects }) => Number(objects));
          expect(
            told.reduce((sum, each) => sum + each, 0),
            'told of',
          ).to.equal(expected.missing);
        },
      ),
      { numRuns: 300 },
    );
  }).timeout(30_000);
});
