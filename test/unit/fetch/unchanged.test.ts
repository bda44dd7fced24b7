import { expect } from 'chai';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import type { ApiBudget } from '../../../pipeline/source/source.ts';
import { engineWorld } from '../../support/engine-world.ts';
import { resource, type Api } from '../../support/fetch-world.ts';

const conditional = (more: object = {}) =>
  resource('forecast', [{}], {
    endpoint: { ...defaultEndpoint, path: 'forecast', conditional: true, ...more },
  });

const api: Api = ({ headers }) =>
  headers['if-none-match'] === '"1"' ? { status: 304 } : { body: '[1]', headers: { etag: '"1"' } };

describe('responses that have not changed', () => {
  it('are counted by what they say, and land all the same', async () => {
    let body = '[1]';
    const world = engineWorld(() => ({ body }), [resource('list')]);
    const counts: number[] = [];
    for (const next of ['[1]', '[1]', '[2]', '[2]']) {
      body = next;
      counts.push((await world.fetch()).outcome.unchanged);
    }
    expect(counts).to.deep.equal([0, 1, 0, 1]);
    expect(world.lines).to.have.length(4);
  });

  it('are asked for with what the last committed one said of itself, and land nothing', async () => {
    const world = engineWorld(api, [conditional()]);
    await world.fetch();
    const { outcome, lines } = await world.fetch();
    expect(outcome).to.deep.include({
      kind: 'complete',
      requests: 1,
      responses: 1,
      unchanged: 1,
      objects: [],
    });
    expect(lines).to.deep.equal([]);
    expect((await world.fetch()).outcome).to.include({ unchanged: 1 });
  });

  it('are not asked for before they expire', async () => {
    const world = engineWorld(
      () => ({ body: '[1]', headers: { 'cache-control': 'max-age=600' } }),
      [conditional()],
    );
    await world.fetch();
    world.clock += 500_000;
    expect((await world.fetch()).outcome).to.include({ requests: 0, responses: 1, unchanged: 1 });
    world.clock += 500_000;
    expect((await world.fetch()).outcome).to.include({ requests: 1, unchanged: 1 });
    expect(world.lines).to.have.length(2);
  });

  it('of several pages are asked for in full: the first page does not speak for the others', async () => {
    const stops = { stop_on: 'empty_page', maximum_pages: 9 } as const;
    const paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops } as const;
    const world = engineWorld(
      ({ url, headers }) => {
        expect(headers).to.not.have.property('if-none-match');
        return { body: url.search === '?page=1' ? '[1]' : '[]', headers: { etag: '"1"' } };
      },
      [conditional({ paginator })],
    );
    await world.fetch();
    expect((await world.fetch()).outcome.requests).to.equal(2);
  });
});

describe('a budget', () => {
  const budget: ApiBudget = {
    name: 'api',
    policies: [{ limit: 2, per_ms: 60_000, window: 'fixed' }],
    reserve: 0,
  };
  const cities = [1, 2, 3, 4, 5].map((city) => ({ city }));

  it('is waited for', async () => {
    const world = engineWorld(() => ({ body: '[]' }), [resource('list', cities)], { api_budget: budget });
    expect((await world.fetch()).outcome).to.include({ kind: 'complete', requests: 5 });
    expect(world.clock - Date.parse('2026-11-21T10:05:02Z')).to.be.within(61_000, 180_000);
  });

  it('that has room only after too long stops the fetch cleanly, to be gone on with', async () => {
    const world = engineWorld(() => ({ body: '[]' }), [resource('list', cities)], {
      api_budget: budget,
      max_waiting_ms: 1_000,
      concurrency: 1,
    });
    const kinds: string[] = [];
    for (let minute = 0; minute < 3; minute += 1) {
      const { outcome } = await world.fetch();
      kinds.push(outcome.kind);
      if (outcome.kind === 'paused')
        expect(outcome.reason).to.match(/^the budget 'api' has room in \d+ s; a later fetch goes on/);
      world.clock += outcome.waitMs ?? 0;
    }
    expect(kinds).to.deep.equal(['paused', 'paused', 'complete']);
    expect(world.requests).to.have.length(5);
    expect(world.lines).to.have.length(5);
  });

  it('that is spent from the beginning is no failure, and leaves nothing to go on with', async () => {
    const spent = { ...budget, policies: [{ limit: 1, per_ms: 3_600_000, window: 'fixed' as const }] };
    const world = engineWorld(() => ({ body: '[]' }), [resource('one'), resource('two')], {
      api_budget: spent,
    });
    await world.fetch('one');
    const { outcome } = await world.fetch('two');
    expect(outcome).to.include({ kind: 'paused', requests: 0 }).and.not.have.property('position');
    expect(outcome.waitMs).to.be.within(3_000_000, 3_600_000);
  });

  it('counts what a request weighs', async () => {
    const world = engineWorld(() => ({ body: '[]' }), [resource('list', cities)], {
      api_budget: { ...budget, weight: 'count(params.city) * 2' },
    });
    await world.fetch();
    expect(world.clock - Date.parse('2026-11-21T10:05:02Z')).to.be.greaterThan(200_000);
  });

  it('learns from the responses when to come again', async () => {
    let limited = true;
    const world = engineWorld(
      () => (limited ? { status: 429, headers: { 'retry-after': '1800' } } : { body: '[]' }),
      [resource('one'), resource('two')],
      { api_budget: { ...budget, policies: [{ limit: 1_000, per_ms: 60_000, window: 'fixed' }] } },
    );
    expect((await world.fetch('one')).outcome).to.include({ kind: 'paused', waitMs: 1_800_000 });
    expect((await world.fetch('two')).outcome).to.include({ kind: 'paused', requests: 0 });
    expect(world.requests).to.have.length(1);
    limited = false;
    world.clock += 1_800_001;
    expect((await world.fetch('two')).outcome).to.include({ kind: 'complete' });
  });
});
