import { expect } from 'chai';
import * as fc from 'fast-check';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { fetchResource } from '../../../pipeline/fetch/fetch-resource.ts';
import type { Landing } from '../../../pipeline/fetch/landing.ts';
import { createLimit } from '../../../pipeline/fetch/limit-requests.ts';
import { noPage, nowhere } from '../../../pipeline/fetch/nowhere.ts';
import type { CompiledResource, Paginator } from '../../../pipeline/source/source.ts';
import { engineWorld, type EngineWorld } from '../../support/engine-world.ts';
import { resource, scheduledAt, type ApiAnswer } from '../../support/fetch-world.ts';
import { rejection } from '../../support/rejection.ts';

const stops = { stop_on: 'empty_page', maximum_pages: 1_000 } as const;
const byNumber: Paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops };
const byToken: Paginator = { type: 'cursor', from: { body: '$.next' }, send: { param: 'after' }, stops };

function paged(name: string, paginator: Paginator, more: Partial<CompiledResource> = {}): CompiledResource {
  const sliced = (more.slices?.length ?? 0) > 1;
  const params = sliced ? { city: '{city}' } : {};
  return resource(name, more.slices ?? [{}], {
    endpoint: { ...defaultEndpoint, path: name, params, paginator },
    data_selector: '$.items',
    ...more,
  });
}

/** City n has n + 1 pages, each named after itself. */
const answer = (url: URL): ApiAnswer => {
  const city = url.searchParams.get('city') ?? '2';
  const page = Number(url.searchParams.get('after') ?? 1);
  const next = page <= Number(city) ? String(page + 1) : null;
  return { body: JSON.stringify({ items: [`${city}/${page}`], next }) };
};
const bodiesOf = (world: EngineWorld): string[] =>
  world.lines.flatMap(({ body }) => (body as { items: string[] }).items);

/** Whose pages are committed when the test says so. */
function slowLanding(): { landing: Landing; commits: (() => void)[] } {
  const commits: (() => void)[] = [];
  const openPage = () => ({
    ...noPage,
    commit: () => new Promise<void>((committed) => commits.push(committed)),
  });
  return {
    commits,
    landing: {
      openUnit: () => ({ ...nowhere, openPage }),
      finish: async () => [],
      abort: async () => undefined,
    },
  };
}

describe('the pages of a resource', () => {
  it('land in order, numbered from 1, each with its own URL', async () => {
    const world = engineWorld(({ url }) => answer(url), [paged('items', byToken)]);
    const { outcome } = await world.fetch();
    expect(world.requests).to.deep.equal(['items', 'items?after=2', 'items?after=3']);
    expect(outcome).to.include({ kind: 'complete', requests: 3, responses: 3 });
    expect(world.lines.map(({ request }) => [request.page, request.url])).to.deep.equal([
      [1, 'https://api.example/v1/items'],
      [2, 'https://api.example/v1/items?after=2'],
      [3, 'https://api.example/v1/items?after=3'],
    ]);
    expect(world.exchanges.map(({ page, records, next }) => [page, records, next])).to.deep.equal([
      [1, 1, 'another page'],
      [2, 1, 'another page'],
      [3, 1, 'the page names no further one'],
    ]);
  });

  it('are asked for while the page before is still landing, one ahead and no more', async () => {
    const items = paged('items', byToken);
    const world = engineWorld(({ url }) => answer(url), [items]);
    const { landing, commits } = slowLanding();
    const task = { resource: items, resources: [items], scheduledAt, state: { cursors: {} } };
    const fetched = fetchResource(task, { ...world.openPorts(), limit: createLimit(4), landing });
    const seen: number[] = [];
    for (let page = 0; page < 3; page += 1) {
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resume) => setImmediate(resume));
      seen.push(world.requests.length);
      commits[page]?.();
    }
    expect((await fetched).responses).to.equal(3);
    expect(seen).to.deep.equal([2, 3, 3]);
  });

  for (const [what, answers, said] of [
    [
      'a token comes again',
      [
        { items: [1], next: 'a' },
        { items: [2], next: 'a' },
      ],
      /GET https:\/\/api\.example\/v1\/items\?after=a: .*token|again|repeat/,
    ],
    [
      'a body comes again',
      [
        { items: [1], next: 'a' },
        { items: [1], next: 'a' },
      ],
      /GET https:\/\/api\.example\/v1\/items\?after=a: /,
    ],
    ['a page has an error', [{ items: [1], next: 'a' }, { error: 'no' }], /'error' in it says/],
  ] as const) {
    it(`land not at all when ${what}`, async () => {
      const left: unknown[] = [...answers];
      const world = engineWorld(
        () => ({ body: JSON.stringify(left.shift() ?? { error: 'no' }) }),
        [paged('items', byToken)],
      );
      expect((await rejection(world.fetch())).message).to.match(said);
      expect(world.lines).to.deep.equal([]);
    });
  }

  it('end at a 204, at an ignored answer, and where a rule says so', async () => {
    for (const [last, action] of [
      [{ status: 204 }, 'ignore'],
      [{ status: 404, body: '{"items":[]}' }, 'ignore'],
      [{ status: 404 }, 'stop_paging'],
    ] as const) {
      const items = paged('items', byNumber);
      items.endpoint.response_filters = [{ status: [404], action }];
      const world = engineWorld(
        ({ url }) =>
          url.searchParams.get('page') === '3' ? last : { body: JSON.stringify({ items: [url.search] }) },
        [items],
      );
      const { outcome } = await world.fetch();
      expect(outcome).to.include({ kind: 'complete', responses: 3 });
      expect(bodiesOf(world)).to.deep.equal(['?page=1', '?page=2']);
    }
  });
});

describe('an odd response', () => {
  it('lands, and is told of once', async () => {
    const world = engineWorld(({ url }) => ({ ...answer(url), status: 203 }), [paged('items', byToken)]);
    expect((await world.fetch()).lines).to.have.length(3);
    expect(world.logs).to.deep.equal([
      {
        event: 'odd response',
        resource: 'items',
        warning: '203: the product is deprecated, or a proxy has changed the answer',
      },
    ]);
  });
});

describe('a fetch whose time ends', function () {
  // Many worlds, on machines that have other things to do too.
  this.timeout(20_000);

  const cities = [0, 1, 2, 3].map((city) => ({ city: String(city) }));
  const all = ['0/1', '1/1', '1/2', '2/1', '2/2', '2/3', '3/1', '3/2', '3/3', '3/4'];

  /** Each invocation has time for so many requests; each takes a second. */
  const limited = (requests: number, more: Partial<CompiledResource> = {}) => {
    const world = engineWorld(
      ({ url }) => {
        world.timeLeftMs -= 1_000;
        return answer(url);
      },
      [paged('items', byToken, { slices: cities, ...more })],
    );
    const invoke = async (): Promise<string> => {
      world.timeLeftMs = requests * 1_000;
      return (await world.fetch()).outcome.kind;
    };
    return { world, invoke };
  };

  it('goes on in the middle of its pages, asks for none of them twice, and commits all of them together', async () => {
    const { world, invoke } = limited(3);
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'complete') {
      expect(world.lines).to.deep.equal([]);
      kinds.push(await invoke());
    }
    expect(bodiesOf(world).toSorted()).to.deep.equal(all);
    expect(world.requests).to.have.length(10);
    expect(kinds).to.deep.equal(['paused', 'paused', 'paused', 'complete']);
  });

  it('has the same lines as one that was never stopped, wherever it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 10, maxLength: 10 }),
        async (times) => {
          const { world } = limited(1);
          for (const time of times) {
            world.timeLeftMs = time * 1_000;
            if ((await world.fetch()).outcome.kind === 'complete') break;
          }
          expect(bodiesOf(world).toSorted()).to.deep.equal(all);
          expect(world.requests).to.have.length(10);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('fails when there was no time for anything', async () => {
    const { invoke } = limited(0);
    expect((await rejection(invoke())).message).to.contain('not sent, the time of this fetch is over');
  });

  it('starts anew when the source has changed meanwhile', async () => {
    const { world, invoke } = limited(3);
    expect(await invoke()).to.equal('paused');
    const [items] = world.source.resources;
    if (items) items.endpoint.headers = { 'x-new': '1' };
    world.timeLeftMs = 60_000;
    await world.fetch();
    expect(bodiesOf(world).toSorted()).to.deep.equal(all);
    expect(world.requests).to.have.length(13);
  });

  it('asks for a unit from its beginning when its token has expired meanwhile', async () => {
    const { world, invoke } = limited(2, { slices: [{}] });
    expect(await invoke()).to.equal('paused');
    const known = world.api;
    let first = true;
    world.api = (request, signal) => {
      if (!first) return known(request, signal);
      first = false;
      return { status: 410, body: '{"error":"gone"}' };
    };
    world.timeLeftMs = 60_000;
    await world.fetch();
    expect(bodiesOf(world)).to.deep.equal(['2/1', '2/2', '2/3']);
  });
});

describe('a fetch that fails for the moment', () => {
  it('goes on in the middle of its pages when it is tried again', async () => {
    let down = false;
    const slices = [1, 2].map((city) => ({ city: String(city) }));
    const world = engineWorld(
      ({ url }) => (down && url.search.includes('after=3') ? { status: 503 } : answer(url)),
      [paged('items', byToken, { slices })],
      { concurrency: 1, max_attempts: 2 },
    );
    down = true;
    expect((await rejection(world.fetch())).message).to.match(/city=2&after=3: 503/);
    expect(world.lines).to.deep.equal([]);
    down = false;
    await world.fetch();
    expect(bodiesOf(world)).to.deep.equal(['1/1', '1/2', '2/1', '2/2', '2/3']);
    expect(world.requests).to.have.length(7);
  });

  it('counts its pages from the first one again, which may have shifted meanwhile', async () => {
    let down = true;
    const slices = [1, 2].map((city) => ({ city: String(city) }));
    const world = engineWorld(
      ({ url }) => {
        const [city, page] = [url.searchParams.get('city'), Number(url.searchParams.get('page'))];
        if (down && city === '2' && page === 2) return { status: 503 };
        return { body: JSON.stringify({ items: page > Number(city) ? [] : [`${city}/${page}`] }) };
      },
      [paged('items', byNumber, { slices })],
      { concurrency: 1, max_attempts: 1 },
    );
    await rejection(world.fetch());
    down = false;
    const before = world.requests.length;
    await world.fetch();
    expect(world.requests.slice(before)).to.deep.equal([1, 2, 3].map((page) => `items?city=2&page=${page}`));
    expect(bodiesOf(world)).to.deep.equal(['1/1', '2/1', '2/2']);
  });

  it('starts anew where nothing was whole', async () => {
    let down = true;
    const world = engineWorld(({ url }) => (down ? { status: 503 } : answer(url)), [paged('items', byToken)]);
    await rejection(world.fetch());
    expect(world.positions.size).to.equal(0);
    down = false;
    expect((await world.fetch()).outcome.kind).to.equal('complete');
  });
});

describe('a fetch that fails at any request', () => {
  it('lands nothing, or the units that are whole where slices may fail', async () => {
    const slices = [1, 2, 3].map((city) => ({ city: String(city) }));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 10 }),
        fc.constantFrom('fail', 'skip_and_report'),
        async (broken, policy) => {
          let count = 0;
          const items = paged('items', byToken, { slices, on_slice_error: policy as 'fail' });
          const world = engineWorld(
            ({ url }) => ((count += 1) === broken ? { status: 400 } : answer(url)),
            [items],
          );
          const result = await world.fetch().catch((error: unknown) => error as Error);
          const pages = new Map<string, number>();
          for (const body of bodiesOf(world))
            pages.set(body.slice(0, 1), (pages.get(body.slice(0, 1)) ?? 0) + 1);
          for (const [city, number] of pages) expect(number).to.equal(Number(city) + 1);
          const isHit = broken >= 1 && broken <= 9;
          expect(result instanceof Error).to.equal(isHit && policy === 'fail');
          expect(pages.size).to.equal(isHit ? (policy === 'fail' ? 0 : 2) : 3);
        },
      ),
      { numRuns: 30 },
    );
  });
});
