import { expect } from 'chai';
import { mostContinues } from '../../../functions/fetch/continue-fetch.ts';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import { invokeSelf } from '../../../functions/fetch/invoke-self.ts';
import type { FetchEvent } from '../../../functions/fetch/read-event.ts';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { fetchWorld, resource, scheduledAt, source, type FetchWorld } from '../../support/fetch-world.ts';
import { rejection } from '../../support/rejection.ts';

const stops = { stop_on: 'empty_page', maximum_pages: 99 } as const;
const paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops } as const;
const paged = (name: string) =>
  resource(name, [{}], { endpoint: { ...defaultEndpoint, path: name, paginator } });
const lastPage = 12;

/** Twelve pages and an empty one, of which each takes a second. */
function pagesWorld(): FetchWorld {
  const world = fetchWorld(({ url }) => {
    world.remainingMs -= 1_000;
    const page = Number(url.searchParams.get('page'));
    return { body: page > lastPage ? '[]' : `[${page}]` };
  });
  return world;
}

let requests = 0;
/** One invocation, with time for so many seconds of fetching. */
function invoke(world: FetchWorld, event: FetchEvent, seconds: number, of = source([paged('list')])) {
  world.remainingMs = 10_000 + seconds * 1_000;
  requests += 1;
  return fetchSource(of, event, world.deps(`r${requests}`));
}

describe('a fetch whose time is over', () => {
  it('goes on in new invocations at once, until it is whole', async () => {
    const world = pagesWorld();
    const seen: (string | undefined)[] = [];
    for (const event of forever(world, { scheduledAt })) {
      const { windows } = await invoke(world, event, 5);
      seen.push(windows[0]?.outcome);
    }
    expect(seen).to.deep.equal(['paused', 'paused', 'committed']);
    expect(world.invoked).to.deep.equal(
      [1, 2].map((continues) => ({ scheduledAt, resources: ['list'], continues })),
    );
    expect(world.eventsOf('window continued')).to.deep.equal(
      [1, 2].map((continues) => ({
        event: 'window continued',
        level: 'INFO',
        resource: 'list',
        scheduledAt,
        continues,
      })),
    );
    const pages = world.lines('list').flatMap(({ body }) => body as number[]);
    expect(pages.toSorted((one, other) => one - other)).to.deep.equal(
      Array.from({ length: lastPage }, (_, page) => page + 1),
    );
    // None was asked for twice.
    expect(world.requests).to.have.length(lastPage + 1);
  });

  it('goes on with the resources that have paused, and no others', async () => {
    const world = pagesWorld();
    const { api } = world;
    world.api = (request, signal) =>
      request.url.pathname.endsWith('/short') ? { body: '[]' } : api(request, signal);
    await invoke(world, { scheduledAt }, 5, source([resource('short'), paged('list')], { concurrency: 1 }));
    expect(world.invoked).to.deep.equal([{ scheduledAt, resources: ['list'], continues: 1 }]);
  });

  it('is followed by a tick that came meanwhile, which is no failure', async () => {
    const world = pagesWorld();
    const later = '2026-11-21T10:10:00Z';
    await invoke(world, { scheduledAt }, 5);
    const { api } = world;
    let tick: ReturnType<typeof invoke> | undefined;
    world.api = async (request, signal) => {
      const { remainingMs } = world;
      tick ??= invoke(world, { scheduledAt: later }, 60);
      await tick;
      world.remainingMs = remainingMs;
      return api(request, signal);
    };
    await invoke(world, world.invoked[0] ?? { scheduledAt }, 60);
    expect((await tick)?.windows[0]).to.include({ resource: 'list', outcome: 'skipped' });
    expect(world.invoked[1]).to.deep.equal({ scheduledAt: later, resources: ['list'], continues: 2 });
    expect(world.eventsOf('window followed')[0]).to.include({ resource: 'list', scheduledAt: later });
    await invoke(world, world.invoked[1] ?? { scheduledAt }, 60);
    expect(world.fetch('list')).to.include({ state: 'committed' });
    expect(world.fetch('list', later)).to.include({ state: 'committed' });
    expect(world.invoked).to.have.length(2);
  });

  it('waits for what the API asks for first, if that is near', async () => {
    const world = pagesWorld();
    const { api } = world;
    world.api = (request, signal) =>
      request.url.search === '?page=3' && world.invoked.length === 0
        ? { status: 429, headers: { 'retry-after': '4' } }
        : api(request, signal);
    await invoke(world, { scheduledAt }, 5);
    const notBefore = new Date(world.clock + 4_000).toISOString();
    expect(world.invoked).to.deep.equal([{ scheduledAt, resources: ['list'], continues: 1, notBefore }]);
    const { windows } = await invoke(world, world.invoked[0] ?? { scheduledAt }, 60);
    expect(windows[0]).to.include({ outcome: 'committed' });
    expect(new Date(world.clock).toISOString()).to.equal(notBefore);
  });

  const idle: [why: string, (world: FetchWorld) => Promise<unknown>][] = [
    [
      'the API asks for a longer wait',
      (world) => {
        const { api } = world;
        world.api = (request, signal) =>
          request.url.search === '?page=3'
            ? { status: 429, headers: { 'retry-after': '6' } }
            : api(request, signal);
        return invoke(world, { scheduledAt }, 5);
      },
    ],
    [
      'it was told to wait while it had time left',
      (world) => {
        world.api = () => ({ status: 429, headers: { 'retry-after': '3600' } });
        return invoke(world, { scheduledAt }, 290);
      },
    ],
    [
      'it has come no further than the one before',
      async (world) => {
        await invoke(world, { scheduledAt }, 5);
        world.invoked.length = 0;
        const { windows } = await invoke(world, { scheduledAt, resources: ['list'], continues: 1 }, 0);
        expect(windows[0]).to.include({ outcome: 'paused', progress: false });
      },
    ],
    [
      'another resource has failed, which Lambda tries again with all',
      async (world) => {
        const { api } = world;
        world.api = (request, signal) =>
          request.url.pathname.endsWith('/bad') ? { status: 404 } : api(request, signal);
        const both = source([resource('bad'), paged('list')], { concurrency: 1 });
        const error = await rejection(invoke(world, { scheduledAt }, 5, both));
        expect(error.message).to.contain('1 of 2 windows');
      },
    ],
    ['it is done', (world) => invoke(world, { scheduledAt }, 60)],
  ];
  for (const [why, happen] of idle) {
    it(`does not go on when ${why}`, async () => {
      const world = pagesWorld();
      await happen(world);
      expect(world.invoked).to.deep.equal([]);
      expect(world.eventsOf('window not continued')).to.deep.equal([]);
    });
  }

  it('goes on twelve times, and leaves the rest to the schedule', async () => {
    const world = pagesWorld();
    const last = { scheduledAt, resources: ['list'], continues: mostContinues - 1 };
    await invoke(world, last, 3);
    expect(world.invoked.map(({ continues }) => continues)).to.deep.equal([mostContinues]);
    await invoke(world, world.invoked[0] ?? last, 3);
    expect(world.invoked).to.have.length(1);
    expect(world.eventsOf('window not continued')).to.deep.equal([
      {
        event: 'window not continued',
        level: 'WARN',
        resources: ['list'],
        scheduledAt,
        reason: 'it has been continued 12 times; the next scheduled fetch goes on',
      },
    ]);
    expect(world.fetch('list')).to.include({ state: 'paused' });
  });

  it('keeps what it has when Lambda does not take the event', async () => {
    const world = pagesWorld();
    world.remainingMs = 15_000;
    const refused = { ...world.deps(), invokeSelf: () => Promise.reject(new Error('AccessDenied')) };
    const { windows } = await fetchSource(source([paged('list')]), { scheduledAt }, refused);
    expect(windows[0]).to.include({ outcome: 'paused', progress: true });
    expect(world.eventsOf('window not continued')[0]).to.include({
      level: 'WARN',
      reason: 'AccessDenied; the next scheduled fetch goes on',
    });
    const next = await invoke(world, { scheduledAt: '2026-11-21T10:10:00Z' }, 60);
    expect(next.windows.map(({ outcome }) => outcome)).to.deep.equal(['committed', 'committed']);
  });
});

describe('invokeSelf', () => {
  it('sends the event to the function, which nobody waits for', async () => {
    const sent: unknown[] = [];
    const lambda = {
      send: async ({ input }: { input: unknown }) => {
        sent.push(input);
        return { $metadata: {}, StatusCode: 202 };
      },
    };
    await invokeSelf(lambda, 'weather-fetch', { scheduledAt, resources: ['list'], continues: 2 });
    expect(sent).to.deep.equal([
      {
        FunctionName: 'weather-fetch',
        InvocationType: 'Event',
        Payload: `{"scheduledAt":"${scheduledAt}","resources":["list"],"continues":2}`,
      },
    ]);
  });
});

/** The first event, then those that invocations have caused, in order. */
function* forever(world: FetchWorld, first: FetchEvent): Generator<FetchEvent> {
  yield first;
  for (let number = 0; number < world.invoked.length; number += 1) {
    const next = world.invoked[number];
    if (next) yield next;
  }
}
