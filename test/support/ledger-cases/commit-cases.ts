import { expect } from 'chai';
import { committedFetches } from '../../../pipeline/ledger/fetches.ts';
import type { FetchItem } from '../../../pipeline/ledger/items.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { readState, type ResourceState } from '../../../pipeline/ledger/resource-state.ts';
import type { WindowResult } from '../../../pipeline/ledger/window.ts';
import { landedObject } from '../load-samples.ts';
import { rejection } from '../rejection.ts';
import { hold, leaseMs, result, second, type Hold } from './hold.ts';

const cursors = (value: string): ResourceState => ({ cursors: { berlin: value } });
const withState = (state: ResourceState, version: number): WindowResult => ({
  ...result,
  state: { value: state, version },
});

const many = (slices: number): ResourceState => ({
  cursors: Object.fromEntries(
    Array.from({ length: slices }, (_, slice) => [`${crypto.randomUUID()}-${slice}`, slice * 17]),
  ),
});

const landed = (objects: number) =>
  Array.from({ length: objects }, (_, part) =>
    landedObject(`raw/weather/year=2026/20261121T100500Z-all-1-${part}-${crypto.randomUUID()}.ndjson.gz`),
  );

export function commitCases(ledger: () => Ledger): void {
  let windows: Hold;
  beforeEach(() => {
    windows = hold(ledger);
  });

  describe('the state of a resource', () => {
    it('is empty before the first commit', async () => {
      expect(await readState(ledger(), 'weather')).to.deep.equal({ state: { cursors: {} }, version: 0 });
    });

    it('moves with the commit, all of it', async () => {
      const state: ResourceState = {
        cursors: { berlin: '2026-11-21T10:00:00Z', paris: 17 },
        done: true,
        validators: { k: { etag: '"1"', expires_at: '2026-11-22T00:00:00Z' } },
        digests: { k: '00112233445566ff' },
      };
      expect(await windows.commit(await windows.take('r1'), withState(state, 0))).to.equal(true);
      expect(await readState(ledger(), 'weather')).to.deep.equal({ state, version: 1 });
      expect(await readState(ledger(), 'other')).to.include({ version: 0 });
      expect(await windows.commit(await windows.take('r2', second), withState(cursors('b'), 1))).to.equal(
        true,
      );
      expect(await readState(ledger(), 'weather')).to.deep.equal({ state: cursors('b'), version: 2 });
    });

    it('stays where it is when a window fails, pauses, or is committed without one', async () => {
      await windows.commit(await windows.take('r1'), withState(cursors('a'), 0));
      await windows.fail(await windows.take('r2', second), { error: 'down' });
      await windows.pause(await windows.take('r3', second), { position: 1, reason: 'waits' });
      await windows.commit(await windows.take('r4', second));
      expect(await readState(ledger(), 'weather')).to.deep.equal({ state: cursors('a'), version: 1 });
    });

    it('does not move when another invocation has taken the window over', async () => {
      const lost = await windows.take('r1');
      windows.later(leaseMs + 1);
      const taken = await windows.take('r2');
      expect(await windows.commit(lost, withState(cursors('lost'), 0))).to.equal(false);
      expect(await windows.commit(taken, withState(cursors('taken'), 0))).to.equal(true);
      expect(await windows.commit(lost, withState(cursors('lost'), 0))).to.equal(false);
      expect((await readState(ledger(), 'weather')).state).to.deep.equal(cursors('taken'));
    });

    it('moves once when the commit is repeated', async () => {
      const taken = await windows.take('r1');
      expect(await windows.commit(taken, withState(cursors('a'), 0))).to.equal(true);
      expect(await windows.commit(taken, withState(cursors('b'), 0))).to.equal(true);
      expect(await readState(ledger(), 'weather')).to.deep.equal({ state: cursors('a'), version: 1 });
    });

    it('refuses a commit that started from another one, and nothing of the window counts', async () => {
      await windows.commit(await windows.take('r1'), withState(cursors('a'), 0));
      const taken = await windows.take('r2', second);
      for (const version of [0, 2]) {
        const error = await rejection(windows.commit(taken, withState(cursors('b'), version)));
        expect(error.message).to.contain(
          `the state of weather was changed while it was fetched (version ${version}, now 1)`,
        );
      }
      const { window, fetch } = await windows.state(second);
      expect(window).to.include({ holder: 'r2/x' });
      expect(fetch).to.include({ state: 'fetching' }).and.not.have.any.keys('objects', 'work');
    });

    it('holds the cursors of thousands of slices, and says when they are too many', async () => {
      const state = many(10_000);
      await windows.commit(await windows.take('r1'), withState(state, 0));
      expect((await readState(ledger(), 'weather')).state).to.deep.equal(state);
      const taken = await windows.take('r2', second);
      const error = await rejection(windows.commit(taken, withState(many(30_000), 1)));
      expect(error.message).to.match(
        /the state of weather \(30000 cursors\) takes \d+ KB gzipped, more than the 380 KB .* several resources/,
      );
    });
  });

  const openFetches = async (): Promise<FetchItem[]> => {
    const found = [];
    for await (const fetch of committedFetches(ledger())) found.push(fetch);
    return found;
  };

  describe('what a commit says of its window', () => {
    for (const objects of [100, 101, 3_000]) {
      it(`lists ${objects} raw objects, for whoever registers them`, async () => {
        const given = { ...result, objects: landed(objects) };
        await windows.commit(await windows.take('r1'), given);
        const { fetch } = await windows.state();
        expect(fetch).to.include({ bytes: objects * 1000 });
        expect(fetch?.objects).to.deep.equal(given.objects);
        expect(await openFetches()).to.deep.equal([fetch]);
      });
    }

    it('names the limit when there are too many', async () => {
      const given = { ...result, objects: landed(20_000) };
      const error = await rejection(windows.commit(await windows.take('r1'), given));
      expect(error.message).to.match(
        /the list of the 20000 raw objects of weather at .* more than the 300 KB/,
      );
    });

    it('tells of unchanged responses, skipped slices and what is behind', async () => {
      const skipped = [{ slice: { city: 'Atlantis' }, error: 'No matching location found.' }];
      await windows.commit(await windows.take('r1'), {
        ...result,
        unchanged: 4,
        skipped,
        behind: 2,
        reason: 'out of time',
      });
      const { fetch } = await windows.state();
      expect(fetch).to.include({ unchanged: 4, skipped_count: 1, behind: 2, reason: 'out of time' });
      expect(fetch?.skipped).to.deep.equal([{ slice: '{"city":"Atlantis"}', error: skipped[0]?.error }]);
    });

    it('keeps to fifty skipped slices, in few words, beside many objects', async () => {
      const skipped = Array.from({ length: 80 }, () => ({ slice: '東'.repeat(900), error: 'é'.repeat(900) }));
      const given = { ...result, objects: landed(4_000), skipped, skippedCount: 4_711 };
      expect(await windows.commit(await windows.take('r1'), given)).to.equal(true);
      const { fetch } = await windows.state();
      expect(fetch?.skipped).to.have.length(50);
      expect(fetch?.skipped?.[0]).to.deep.equal({ slice: '東'.repeat(100), error: 'é'.repeat(300) });
      expect(fetch).to.include({ skipped_count: 4_711 });
    });

    it('says nothing of what is nothing', async () => {
      const nothing = { skipped: [], skippedCount: 0, behind: 0, unchanged: 0 };
      await windows.commit(await windows.take('r1'), { ...result, ...nothing });
      expect((await windows.state()).fetch).to.not.have.any.keys(
        'skipped',
        'skipped_count',
        'behind',
        'reason',
        'complete_from',
      );
    });

    it('says since when a complete listing is complete', async () => {
      const completeFrom = '2026-11-21T10:05:02.000Z';
      await windows.commit(await windows.take('r1'), { ...result, completeFrom });
      const { fetch } = await windows.state();
      expect(fetch).to.include({ complete_from: completeFrom });
      expect(await openFetches()).to.deep.equal([fetch]);
    });
  });
}
