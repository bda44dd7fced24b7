import { expect } from 'chai';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { createChainCache } from '../../../pipeline/fetch/chain-cache.ts';
import { sliceKey } from '../../../pipeline/fetch/slice-key.ts';
import type { CompiledResource } from '../../../pipeline/source/source.ts';
import { engineWorld } from '../../support/engine-world.ts';
import { resource, type Api } from '../../support/fetch-world.ts';
import { incremental } from '../../support/incremental.ts';
import { rejection } from '../../support/rejection.ts';

const stops = { stop_on: 'empty_page', maximum_pages: 9 } as const;
const repos = (more: Partial<CompiledResource> = {}): CompiledResource =>
  resource('repos', [{}], {
    endpoint: {
      ...defaultEndpoint,
      path: 'repos',
      paginator: { type: 'page_number', base_page: 1, send: { param: 'page' }, stops },
    },
    ...more,
  });
const issues = (more: Partial<CompiledResource> = {}): CompiledResource =>
  resource('issues', [{}], {
    endpoint: { ...defaultEndpoint, path: 'repos/{repo.name}/issues' },
    parent: { variable: 'repo', resource: 'repos', fields: { name: '$.name', id: '$.id' } },
    ...more,
  });

/** Two pages of repositories, one of them on both; each has one issue. */
const api: Api = ({ url }) => {
  if (!url.pathname.endsWith('/repos')) return { body: JSON.stringify([url.pathname]) };
  const pages = [
    [
      { name: 'a', id: 1 },
      { name: 'b', id: 2, t: '2026-11-02' },
    ],
    [
      { name: 'b', id: 2 },
      { name: 'c', id: 3 },
    ],
    [],
  ];
  return { body: JSON.stringify(pages[Number(url.searchParams.get('page')) - 1]) };
};

describe('slices from the records of a parent', () => {
  it('are each fetched once; nothing of the parent lands', async () => {
    const world = engineWorld(api, [repos(), issues()], { concurrency: 1 });
    const { lines, outcome } = await world.fetch('issues');
    expect(world.requests).to.deep.equal([
      'repos?page=1',
      'repos?page=2',
      'repos?page=3',
      'repos/a/issues',
      'repos/b/issues',
      'repos/c/issues',
    ]);
    expect(lines.map(({ resource: name, request }) => [name, request.for])).to.deep.equal([
      ['issues', { repo: { name: 'a', id: 1 } }],
      ['issues', { repo: { name: 'b', id: 2 } }],
      ['issues', { repo: { name: 'c', id: 3 } }],
    ]);
    expect(outcome.requests).to.equal(6);
    expect(world.exchanges.slice(0, 3).every(({ asker }) => asker === 'issues')).to.equal(true);
  });

  it('are crossed with the literal ones', async () => {
    const child = issues({ slices: [{ state: 'open' }, { state: 'closed' }] });
    child.endpoint.params = { state: '{state}' };
    const world = engineWorld(api, [repos(), child], { concurrency: 1 });
    await world.fetch('issues');
    expect(world.requests.slice(3)).to.deep.equal(
      ['open', 'closed'].flatMap((state) =>
        ['a', 'b', 'c'].map((name) => `repos/${name}/issues?state=${state}`),
      ),
    );
  });

  it('cost the parent one chain, for itself and for all of its children', async () => {
    const stars = issues({
      name: 'stars',
      endpoint: { ...defaultEndpoint, path: 'repos/{repo.name}/stars' },
    });
    const world = engineWorld(api, [repos(), issues(), stars]);
    const results = await world.fetchAll('repos', 'issues', 'stars');
    expect(world.requests.filter((request) => request.startsWith('repos?'))).to.have.length(3);
    expect(['repos', 'issues', 'stars'].map((name) => results.get(name)?.lines.length)).to.deep.equal([
      3, 3, 3,
    ]);
    expect(world.lines.filter((line) => line.resource === 'repos')).to.have.length(3);
    await world.fetchAll('repos', 'issues', 'stars');
    expect(world.requests.filter((request) => request.startsWith('repos?'))).to.have.length(6);
  });

  it('are asked for once by several children, also where the parent is not fetched or has failed', async () => {
    const stars = issues({
      name: 'stars',
      endpoint: { ...defaultEndpoint, path: 'repos/{repo.name}/stars' },
    });
    const world = engineWorld(api, [repos(), issues(), stars]);
    await world.fetchAll('issues', 'stars');
    expect(world.requests.filter((request) => request.startsWith('repos?'))).to.have.length(3);

    const cache = createChainCache();
    const records = { values: new Map(), cursors: new Map(), skipped: [], skippedCount: 0, gaps: [] };
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return records;
    };
    cache.offer('repos', Promise.reject(new Error('the parent failed')));
    await Promise.all([cache.share('repos', ask), cache.share('repos', ask), cache.share('repos', ask)]);
    expect(asked).to.equal(1);
  });

  it('are asked for by the child when the parent has no records to show: nothing has changed', async () => {
    const parent = resource('repos', [{}], {
      endpoint: { ...defaultEndpoint, path: 'repos', conditional: true },
    });
    const world = engineWorld(
      ({ url, headers }) => {
        if (!url.pathname.endsWith('/repos')) return { body: '[1]' };
        return headers['if-none-match'] === undefined
          ? { body: '[{"name":"a","id":1}]', headers: { etag: '"1"' } }
          : { status: 304 };
      },
      [parent, issues()],
    );
    await world.fetchAll('repos', 'issues');
    const results = await world.fetchAll('repos', 'issues');
    expect(results.get('repos')?.outcome.unchanged).to.equal(1);
    expect(results.get('issues')?.lines).to.have.length(1);
  });

  it('are asked for by the child itself when the parent fails for itself', async () => {
    const broken = repos({ data_selector: '$.nothing' });
    const world = engineWorld(api, [broken, issues()], { max_attempts: 1 });
    expect((await rejection(world.fetch('issues'))).message).to.match(
      /GET https:\/\/api\.example\/v1\/repos\?page=1 \(repos, whose records are the slices of issues\): 200, but data_selector/,
    );
  });

  it('go down several generations', async () => {
    const comments = resource('comments', [{}], {
      endpoint: { ...defaultEndpoint, path: 'comments', params: { of: '{issue.id}' } },
      parent: { variable: 'issue', resource: 'issues', fields: { id: '$.id' } },
    });
    const world = engineWorld(
      (request, signal) =>
        request.url.pathname.endsWith('/issues')
          ? { body: `[{"id":"${request.url.pathname.at(-8)}"}]` }
          : api(request, signal),
      [repos(), issues(), comments],
      { concurrency: 1 },
    );
    await world.fetch('comments');
    expect(world.requests.slice(-3)).to.deep.equal(['comments?of=a', 'comments?of=b', 'comments?of=c']);
  });

  it('come from the window of an incremental parent, which moves when all of them are whole', async () => {
    const parent = repos({ incremental: incremental({ on_cursor_value_missing: 'include' }) });
    parent.endpoint.params = { since: '{incremental.start_value}' };
    let down = true;
    const child = issues({ on_slice_error: 'skip_and_report' });
    const world = engineWorld(
      (request, signal) =>
        down && request.url.pathname.includes('/c/') ? { status: 404 } : api(request, signal),
      [parent, child],
      { concurrency: 1 },
    );
    await world.fetch('issues');
    expect(world.states.get('issues')?.cursors).to.deep.equal({});
    down = false;
    await world.fetch('issues');
    expect(world.states.get('issues')?.cursors).to.deep.equal({
      'parent:repos/': '2026-11-02T00:00:00.000Z',
    });
    await world.fetch('issues');
    expect(world.requests.filter((request) => request.startsWith('repos?')).at(-1)).to.contain(
      'since=2026-11-02',
    );
  });

  it('need a value in every record', async () => {
    const child = issues({ parent: { variable: 'repo', resource: 'repos', fields: { name: '$.title' } } });
    expect((await rejection(engineWorld(api, [repos(), child]).fetch('issues'))).message).to.match(
      /a record of repos has nothing at \$\.title, where for_each wants a value/,
    );
  });

  it('are no matter of the parent itself, nor of its other children, where a value is missing', async () => {
    const odd = issues({
      name: 'odd',
      parent: { variable: 'repo', resource: 'repos', fields: { name: '$.title' } },
    });
    const world = engineWorld(api, [repos(), issues(), odd]);
    const results = await world.fetchAll('repos', 'issues');
    expect(results.get('repos')?.outcome.kind).to.equal('complete');
    expect(results.get('issues')?.lines).to.have.length(3);
  });

  it('are left where an invocation ends, and gone on with', async () => {
    const world = engineWorld(
      (request, signal) => {
        world.timeLeftMs -= 1_000;
        return api(request, signal);
      },
      [repos(), issues()],
      { concurrency: 1 },
    );
    world.timeLeftMs = 5_000;
    expect((await world.fetch('issues')).outcome.kind).to.equal('paused');
    world.timeLeftMs = 60_000;
    const { outcome } = await world.fetch('issues');
    expect(outcome.kind).to.equal('complete');
    expect(world.lines.map(({ request }) => (request.for['repo'] as { name: string }).name)).to.have.members([
      'a',
      'b',
      'c',
    ]);
    expect(world.requests.filter((request) => request.endsWith('/issues'))).to.have.length(3);
  });
});

describe('slices of a parent in the ledger', () => {
  it('have keys of their own', () => {
    expect(sliceKey({ repo: { name: 'a', id: 1 } })).to.not.equal(sliceKey({ repo: { name: 'b', id: 2 } }));
  });
});
