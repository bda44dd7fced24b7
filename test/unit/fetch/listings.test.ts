import { expect } from 'chai';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import { isListingDue } from '../../../pipeline/fetch/listing-due.ts';
import { readState } from '../../../pipeline/ledger/resource-state.ts';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import type { CompiledResource } from '../../../pipeline/source/source.ts';
import { engineWorld } from '../../support/engine-world.ts';
import {
  fetchWorld,
  resource,
  scheduledAt,
  source,
  type Api,
  type FetchWorld,
  type Gate,
} from '../../support/fetch-world.ts';
import { incremental } from '../../support/incremental.ts';
import { rejection } from '../../support/rejection.ts';

const day = 86_400_000;
const reconcile = { every_ms: 7 * day, delete_missing: true };
const aWeekLater = '2026-11-28T10:05:00Z';
const stops = { stop_on: 'empty_page', maximum_pages: 99 } as const;
const paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops } as const;

describe('isListingDue', () => {
  for (const [last, every, at, due] of [
    [undefined, 7 * day, scheduledAt, true],
    [scheduledAt, 7 * day, '2026-11-28T10:05:00Z', true],
    [scheduledAt, 7 * day, '2026-11-28T10:04:00Z', true],
    [scheduledAt, 7 * day, '2026-11-28T10:03:59Z', false],
    [scheduledAt, 60_000, '2026-11-21T10:05:53Z', false],
    [scheduledAt, 60_000, '2026-11-21T10:05:54Z', true],
  ] as const) {
    it(`says ${due} at ${at} for every ${every / 1000} s since ${last}`, () => {
      const state = last === undefined ? {} : { reconciled_at: last };
      const given = { reconcile: { every_ms: every, delete_missing: true } };
      expect(isListingDue(given, state, at)).to.equal(due);
    });
  }

  it('is never true without reconcile', () => {
    expect(isListingDue({}, {}, scheduledAt)).to.equal(false);
  });
});

const list = (more: Partial<CompiledResource> = {}) => {
  const slices = ['Oslo', 'Rome'].map((city) => ({ city }));
  const endpoint = { ...defaultEndpoint, path: 'list', params: { city: '{city}' }, paginator };
  return source([resource('list', slices, { endpoint, reconcile, ...more })], { concurrency: 1 });
};

/** Each city has two pages, and an empty one after them; each request takes a second. */
function listWorld(): FetchWorld {
  const world = fetchWorld(({ url }) => {
    world.clock += 1_000;
    world.remainingMs -= 1_000;
    const [city, page] = [url.searchParams.get('city'), Number(url.searchParams.get('page'))];
    return { body: page > 2 ? '[]' : JSON.stringify([{ id: `${city}/${page}`, t: `2026-11-0${page}` }]) };
  });
  return world;
}

const invoke = (
  world: FetchWorld,
  of = list(),
  options: { at?: string; request?: string; seconds?: number; gate?: Gate } = {},
) => {
  const { at = scheduledAt, request = 'r1', seconds = 60, gate } = options;
  world.remainingMs = 10_000 + seconds * 1_000;
  return fetchSource(of, { scheduledAt: at }, world.deps(request, gate));
};

const idsOf = (world: FetchWorld, at: string): string[] =>
  world.lines('list', at).flatMap(({ body }) => (body as { id: string }[]).map(({ id }) => id));

describe('a complete listing', function () {
  // Many worlds, on machines that have other things to do too.
  this.timeout(20_000);

  it('is committed with a time before its first request, and remembered', async () => {
    const world = listWorld();
    await invoke(world);
    expect(world.fetch('list')).to.include({ complete_from: '2026-11-21T10:05:02.000Z' });
    const [line] = world.lines('list');
    expect(line?.fetched_at).to.equal('2026-11-21T10:05:03.000Z');
    expect(world.eventsOf('window committed')[0]).to.include({ completeFrom: '2026-11-21T10:05:02.000Z' });
    const { state } = await readState(world.deps().ledger, 'list');
    expect(state.reconciled_at).to.equal(scheduledAt);
    await invoke(world, list(), { at: '2026-11-21T11:05:00Z', request: 'r2' });
    expect(world.fetch('list', '2026-11-21T11:05:00Z')).to.not.have.property('complete_from');
  });

  it('says nothing of what is missing where nothing is to be deleted', async () => {
    const world = listWorld();
    await invoke(world, list({ reconcile: { ...reconcile, delete_missing: false } }));
    expect(world.fetch('list')).to.include({ state: 'committed' }).and.not.have.property('complete_from');
    const { state } = await readState(world.deps().ledger, 'list');
    expect(state.reconciled_at).to.equal(scheduledAt);
  });

  it('fetches what is fetched once again, when it is due', async () => {
    const world = listWorld();
    const once = list({ once: true });
    await invoke(world, once);
    const { windows } = await invoke(world, once, { at: '2026-11-27T10:05:00Z', request: 'r2' });
    expect(windows[0]).to.include({ outcome: 'skipped', reason: 'fetched once, as it is meant to be' });
    await invoke(world, once, { at: aWeekLater, request: 'r3' });
    expect(world.fetch('list', aWeekLater))
      .to.include({ state: 'committed' })
      .and.have.property('complete_from');
    expect(world.requests).to.have.length(12);
    const { state } = await readState(world.deps().ledger, 'list');
    expect(state).to.include({ done: true, reconciled_at: aWeekLater });
  });

  it('keeps to the least time between two windows', async () => {
    const world = listWorld();
    const slow = list({ every_ms: 14 * day });
    await invoke(world, slow);
    const { windows } = await invoke(world, slow, { at: aWeekLater, request: 'r2' });
    expect(windows[0]).to.include({ outcome: 'skipped' });
  });

  it('is none where it was interrupted by an ordinary window that has paused: that one ends first', async () => {
    const world = listWorld();
    const moving = list({ incremental: incremental() });
    const { reconcile: _, ...plain } = moving.resources[0] as CompiledResource;
    await invoke(world, source([plain], { concurrency: 1 }), { seconds: 1.5 });
    expect(world.fetch('list')).to.include({ state: 'paused' });
    await invoke(world, source([plain], { concurrency: 1 }), { request: 'r2' });
    expect(world.fetch('list')).to.include({ state: 'committed' }).and.not.have.property('complete_from');
    const next = '2026-11-21T11:05:00Z';
    await invoke(world, moving, { at: next, request: 'r3' });
    // The cursors do not count, and do not go back.
    expect(idsOf(world, next)).to.deep.equal(['Oslo/1', 'Oslo/2', 'Rome/1', 'Rome/2']);
    expect(world.fetch('list', next)).to.have.property('complete_from');
  });

  it('never commits what is whole of it when its time is over', async () => {
    const world = listWorld();
    const moving = list({ incremental: incremental() });
    // Oslo is whole, Rome is not begun.
    const { windows } = await invoke(world, moving, { seconds: 3.5 });
    expect(windows[0]).to.include({ outcome: 'paused' });
    const { state } = await readState(world.deps().ledger, 'list');
    expect(state).to.deep.equal({ cursors: {} });
    await invoke(world, moving, { at: '2026-11-21T11:05:00Z', request: 'r2' });
    expect(idsOf(world, scheduledAt)).to.deep.equal(['Oslo/1', 'Oslo/2', 'Rome/1', 'Rome/2']);
    expect(world.fetch('list')).to.include({ complete_from: '2026-11-21T10:05:02.000Z' });
  });

  it('goes on as a listing after a failure of the moment; what failed for good begins anew', async () => {
    const world = listWorld();
    const { api } = world;
    world.api = (request, signal) =>
      request.url.search.includes('Rome') ? { status: 503 } : api(request, signal);
    await rejection(invoke(world));
    world.api = (request, signal) =>
      request.url.search.includes('Rome') ? { status: 404 } : api(request, signal);
    const failedFrom = world.clock;
    await rejection(invoke(world, list(), { request: 'r2' }));
    expect(world.fetch('list')).to.include({ state: 'failed' }).and.not.have.property('complete_from');
    world.api = api;
    await invoke(world, list(), { request: 'r3' });
    const from = Date.parse(world.fetch('list')?.complete_from ?? '');
    expect(from).to.be.at.least(failedFrom);
    expect(idsOf(world, scheduledAt)).to.have.length(4);
  });

  it('began before every row of it was fetched, wherever each invocation is killed', async () => {
    for (let number = 1; number < 40; number += 1) {
      const world = listWorld();
      await invoke(world, list(), { seconds: 3.5 });
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
      const { complete_from: from = '' } = world.fetch('list') ?? {};
      expect(world.lines('list').every(({ fetched_at }) => fetched_at >= from)).to.equal(true);
      expect(idsOf(world, scheduledAt).toSorted()).to.deep.equal(['Oslo/1', 'Oslo/2', 'Rome/1', 'Rome/2']);
      expect(from).to.equal('2026-11-21T10:05:02.000Z');
      if (count < number) return;
    }
    throw new Error('no invocation was left alone to the end');
  });
});

/** Three shops, one of them made after the fetch has begun; ascending. */
const shopsApi: Api = ({ url }) => {
  if (!url.pathname.endsWith('/shops')) return { body: JSON.stringify([{ path: url.pathname }]) };
  const pages = [
    [{ id: 1, t: '2026-11-02T00:00:00Z' }],
    [{ id: 2, t: '2026-11-21T10:05:30Z' }],
    [{ id: 3, t: '2026-11-21T10:05:31Z' }],
    [],
  ];
  return { body: JSON.stringify(pages[Number(url.searchParams.get('page')) - 1]) };
};

const shops = (more: Partial<CompiledResource> = {}): CompiledResource =>
  resource('shops', [{}], { endpoint: { ...defaultEndpoint, path: 'shops', paginator }, ...more });
const items = (more: Partial<CompiledResource> = {}): CompiledResource =>
  resource('items', [{}], {
    endpoint: { ...defaultEndpoint, path: 'shops/{shop.id}/items' },
    parent: { variable: 'shop', resource: 'shops', fields: { id: '$.id' } },
    ...more,
  });
const byTime = { incremental: incremental({ row_order: 'asc' }) };

function shopsAsked(world: { requests: string[] }): number {
  return world.requests.filter((request) => request.startsWith('shops?')).length;
}

describe('the records of a parent, in a complete listing', () => {
  it('are not those of its own fetch, which leaves out what is too new', async () => {
    const world = engineWorld(shopsApi, [shops(byTime), items({ reconcile })]);
    const results = await world.fetchAll('shops', 'items');
    expect(results.get('shops')?.lines).to.have.length(2);
    expect(results.get('items')?.lines).to.have.length(3);
    expect(shopsAsked(world)).to.equal(2 + 4);
    expect(results.get('items')?.outcome.completeFrom).to.equal('2026-11-21T10:05:02.000Z');
  });

  it('are not handed to a child that does not list', async () => {
    const world = engineWorld(shopsApi, [shops({ ...byTime, reconcile }), items()]);
    const results = await world.fetchAll('shops', 'items');
    expect(results.get('shops')?.lines).to.have.length(4);
    expect(results.get('items')?.lines).to.have.length(2);
    expect(results.get('items')?.outcome.completeFrom).to.equal(undefined);
  });

  it('are asked for once by those that list together', async () => {
    const world = engineWorld(shopsApi, [shops({ ...byTime, reconcile }), items({ reconcile })]);
    await world.fetchAll('shops', 'items');
    expect(shopsAsked(world)).to.equal(4);
  });

  it('are asked for once where the parent has no windows', async () => {
    const world = engineWorld(shopsApi, [shops(), items({ reconcile })]);
    await world.fetchAll('shops', 'items');
    expect(shopsAsked(world)).to.equal(4);
  });

  it('leave the cursors of the parent no further back', async () => {
    const world = engineWorld(shopsApi, [shops(byTime), items({ reconcile })]);
    const key = 'parent:shops/';
    world.states.set('items', { cursors: { [key]: '2026-11-21T10:05:01.000Z' } });
    world.clock -= 2 * day;
    await world.fetch('items');
    expect(world.states.get('items')?.cursors).to.deep.equal({ [key]: '2026-11-21T10:05:01.000Z' });
  });
});
