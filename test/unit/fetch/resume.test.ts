import { expect } from 'chai';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import { readState } from '../../../pipeline/ledger/resource-state.ts';
import type { CompiledResource, CompiledSource } from '../../../pipeline/source/source.ts';
import {
  fetchWorld,
  resource,
  scheduledAt,
  source,
  type FetchWorld,
  type Gate,
} from '../../support/fetch-world.ts';
import { incremental } from '../../support/incremental.ts';
import { rejection } from '../../support/rejection.ts';

const stops = { stop_on: 'empty_page', maximum_pages: 99 } as const;
const paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops } as const;
const slices = ['Oslo', 'Rome'].map((city) => ({ city }));
const list = (more: Partial<CompiledResource> = {}): CompiledSource =>
  source(
    [
      resource('list', slices, {
        endpoint: { ...defaultEndpoint, path: 'list', params: { city: '{city}' }, paginator },
        ...more,
      }),
    ],
    { concurrency: 1 },
  );
const all = ['Oslo/1', 'Oslo/2', 'Rome/1', 'Rome/2', 'Rome/3'];
const later = '2026-11-21T10:10:00Z';

/** Oslo has two pages, Rome three, and an empty one after them; each request takes a second. */
function listWorld(): FetchWorld {
  const world = fetchWorld(({ url }) => {
    world.remainingMs -= 1_000;
    const [city, page] = [url.searchParams.get('city'), Number(url.searchParams.get('page'))];
    const last = city === 'Oslo' ? 2 : 3;
    return {
      body: page > last ? '[]' : JSON.stringify([{ id: `${city}/${page}`, t: `2026-11-0${page + 1}` }]),
    };
  });
  return world;
}

const invoke = (
  world: FetchWorld,
  of: CompiledSource,
  options: { at?: string; request?: string; seconds?: number; gate?: Gate } = {},
) => {
  const { at = scheduledAt, request = 'r1', seconds = 60, gate } = options;
  world.remainingMs = 10_000 + seconds * 1_000;
  return fetchSource(of, { scheduledAt: at }, world.deps(request, gate));
};
const idsOf = (world: FetchWorld, at = scheduledAt): string[] =>
  world.lines('list', at).flatMap(({ body }) => (body as { id: string }[]).map(({ id }) => id));

describe('a window that is too long for one invocation', function () {
  // Many worlds, on machines that have other things to do too.
  this.timeout(20_000);

  it('is paused, gone on with by the next one, and committed whole under its own time; then comes the next', async () => {
    const world = listWorld();
    const first = await invoke(world, list(), { seconds: 5 });
    expect(first.windows[0]).to.include({ outcome: 'paused', attempt: 1 });
    expect(world.fetch('list')).to.include({ state: 'paused' }).and.not.have.property('objects');
    expect(world.window('list')).to.include({ paused: scheduledAt }).and.not.have.property('holder');

    const second = await invoke(world, list(), { at: later, request: 'r2' });
    expect(second.windows.map(({ outcome, scheduledAt: at }) => [outcome, at])).to.deep.equal([
      ['committed', scheduledAt],
      ['committed', undefined],
    ]);
    expect(idsOf(world).toSorted()).to.deep.equal(all);
    expect(idsOf(world, later).toSorted()).to.deep.equal(all);
    expect(world.requests).to.have.length(14);
    expect(world.fetch('list')).to.include({ state: 'committed', attempt: 2, requests: 7, responses: 7 });
    expect(world.window('list')).to.not.have.property('paused');
  });

  it('goes on after a failure of the moment as well', async () => {
    const world = listWorld();
    const { api } = world;
    world.api = (request, signal) =>
      request.url.search.includes('Rome&page=3') ? { status: 503 } : api(request, signal);
    const error = await rejection(invoke(world, list()));
    expect(error.message).to.contain('city=Rome&page=3: 503');
    world.api = api;
    const before = world.requests.length;
    await invoke(world, list(), { request: 'r2' });
    // Oslo is whole; Rome's pages are counted from the first one again.
    expect(world.requests.slice(before).map(({ url }) => url.search)).to.deep.equal(
      [1, 2, 3, 4].map((page) => `?city=Rome&page=${page}`),
    );
    expect(idsOf(world).toSorted()).to.deep.equal(all);
  });

  it('is whole in the end wherever each invocation is killed', async () => {
    for (let number = 1; number < 40; number += 1) {
      const world = listWorld();
      await invoke(world, list(), { seconds: 5 });
      let count = 0;
      const { promise: killed, resolve } = Promise.withResolvers<void>();
      const gate: Gate = async (effect) => {
        count += 1;
        if (count < number) return effect();
        resolve();
        return new Promise(() => undefined);
      };
      const ended = invoke(world, list(), { request: 'r2', gate });
      await Promise.race([killed, ended]);
      world.clock += 400_000;
      await invoke(world, list(), { request: 'r3' });
      expect(world.fetch('list')).to.include({ state: 'committed' });
      expect(idsOf(world).toSorted()).to.deep.equal(all);
      if (count < number) return;
    }
    throw new Error('no invocation was left alone to the end');
  });
});

const moving = () => list({ incremental: incremental() });

describe('the cursors of a resource', () => {
  it('move with the commit of what has landed, and not before', async () => {
    const world = listWorld();
    const { api } = world;
    world.api = (request, signal) =>
      request.url.search.includes('Rome&page=2') ? { status: 400 } : api(request, signal);
    await rejection(invoke(world, moving()));
    const { ledger } = world.deps();
    expect(await readState(ledger, 'list')).to.deep.equal({ state: { cursors: {} }, version: 0 });
    world.api = api;
    await invoke(world, moving(), { request: 'r2' });
    const { state, version } = await readState(ledger, 'list');
    expect(Object.values(state.cursors)).to.deep.equal([
      '2026-11-03T00:00:00.000Z',
      '2026-11-04T00:00:00.000Z',
    ]);
    expect(version).to.equal(1);
  });

  it('that would skip what the API has forgotten leave a gap in the ledger, told of once', async () => {
    const world = listWorld();
    await invoke(world, moving());
    const forgetful = list({ incremental: incremental({ retention_ms: 86_400_000 }) });
    await invoke(world, forgetful, { at: later, request: 'r2' });
    const gaps = [...world.dynamo.items.values()].filter(({ pk }) => pk === 'GAP#list');
    expect(gaps).to.have.length(2);
    expect(gaps[0]).to.include({ work: 'gap', from: '2026-11-03T00:00:00Z', to: '2026-11-20T10:05:02Z' });
    expect(world.eventsOf('gap found')).to.have.length(2);
  });
});

describe('a resource that is fetched once', () => {
  it('is skipped afterwards', async () => {
    const world = listWorld();
    await invoke(world, list({ once: true }));
    const { windows } = await invoke(world, list({ once: true }), { at: later });
    expect(windows[0]).to.include({ outcome: 'skipped', reason: 'fetched once, as it is meant to be' });
    expect(world.requests).to.have.length(7);
  });
});
