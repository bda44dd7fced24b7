import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import {
  fetchWorld,
  resource,
  scheduledAt,
  source,
  type ApiAnswer,
  type FetchWorld,
} from '../../support/fetch-world.ts';
import { incremental } from '../../support/incremental.ts';
import { rejection } from '../../support/rejection.ts';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';

const cities = (count: number) => Array.from({ length: count }, (_, city) => ({ city }));
const run = (world: FetchWorld, of: CompiledSource, at = scheduledAt, request = 'r1') =>
  fetchSource(of, { scheduledAt: at }, world.deps(request));

describe('fetchSource', () => {
  it('fetches every slice of a resource, lands the responses and commits them', async () => {
    const world = fetchWorld(({ url }) => ({
      body: `[{"city": ${url.searchParams.get('city')}, "t": 1.10}]`,
      headers: { etag: '"1"', 'set-cookie': 'a=b', 'x-ratelimit-remaining': '9' },
    }));
    const result = await run(world, source([resource('weather', cities(3))]));
    const key = 'raw/weather/year=2026/month=11/day=21/hour=10/20261121T100500Z-all-1-0.ndjson.gz';
    const bytes = world.bucket.objects.get(key)?.body.length ?? 0;
    const counts = { attempt: 1, objects: 1, requests: 3, responses: 3, bytes };
    expect(result).to.deep.equal({
      scheduledAt,
      windows: [{ resource: 'weather', outcome: 'committed', ...counts }],
    });
    expect(world.fetch('weather')).to.deep.include({
      state: 'committed',
      objects: [{ key, version_id: 'v1', etag: '"e-v1"', bytes, lines: 3 }],
      requests: 3,
      responses: 3,
      bytes,
    });
    expect(world.logs).to.deep.equal([
      { event: 'window committed', level: 'INFO', resource: 'weather', slice: 'all', scheduledAt, ...counts },
    ]);
    const lines = world.lines('weather').toSorted((a, b) => a.request.url.localeCompare(b.request.url));
    expect(lines[1]).to.deep.equal({
      v: 1,
      resource: 'weather',
      scheduled_at: scheduledAt,
      fetched_at: '2026-11-21T10:05:02.000Z',
      request: { method: 'GET', url: 'https://api.example/v1/weather?city=1', for: { city: 1 }, page: 1 },
      status: 200,
      headers: { 'content-type': 'application/json', etag: '"1"', 'x-ratelimit-remaining': '9' },
      body: [{ city: 1, t: 1.1 }],
    });
    expect(world.bucket.linesOf(key).join('\n')).to.contain('"t": 1.10}]');
  });

  it('has at most as many requests under way as the client allows, over all resources', async () => {
    let under = 0;
    let most = 0;
    const world = fetchWorld(async () => {
      most = Math.max(most, (under += 1));
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      under -= 1;
      return { body: '[]' };
    });
    await run(world, source([resource('a', cities(20)), resource('b', cities(20))], { concurrency: 3 }));
    expect(most).to.equal(3);
    expect(world.requests).to.have.length(40);
  });

  it('lands nothing for 204, and counts it as a response', async () => {
    const world = fetchWorld(() => ({ status: 204 }));
    await run(world, source([resource('weather', cities(2))]));
    expect(world.fetch('weather')).to.deep.include({
      state: 'committed',
      objects: [],
      requests: 2,
      responses: 2,
    });
    expect(world.bucket.commands).to.deep.equal([]);
  });

  it('keeps what went well when another resource fails, and fails as a whole', async () => {
    const world = fetchWorld(({ url }) => (url.pathname.endsWith('/bad') ? { status: 404 } : { body: '[]' }));
    const error = await rejection(run(world, source([resource('good'), resource('bad'), resource('fine')])));
    const said = 'GET https://api.example/v1/bad: 404; check base_url, path and for_each';
    expect(error.message).to.equal(`1 of 3 windows of ${scheduledAt} failed\nbad: ${said}`);
    expect(['good', 'bad', 'fine'].map((name) => world.fetch(name)?.state)).to.deep.equal([
      'committed',
      'failed',
      'committed',
    ]);
    expect(world.fetch('bad')).to.deep.include({ error: said }).and.not.have.any.keys('objects', 'work');
    expect(world.window('bad')).to.not.have.property('holder');
    expect(world.eventsOf('window failed')).to.deep.equal([
      {
        event: 'window failed',
        level: 'ERROR',
        resource: 'bad',
        slice: 'all',
        scheduledAt,
        attempt: 1,
        error: said,
      },
    ]);
  });

  it('counts nothing of a window of which one slice fails, and asks for no more of it', async () => {
    const world = fetchWorld(({ url }) =>
      url.searchParams.get('city') === '5' ? { status: 400 } : { body: '[1]' },
    );
    const error = await rejection(run(world, source([resource('weather', cities(50))], { concurrency: 2 })));
    expect(error.message).to.contain('weather?city=5: 400');
    expect(world.requests.length).to.be.lessThan(12);
    expect(world.bucket.objects).to.have.property('size', 0);
    expect(world.fetch('weather')).to.include({ state: 'failed' });
  });

  it('ends the requests under way, and the pauses, when a slice has failed', async () => {
    const world = fetchWorld(({ url }, signal) => {
      const city = url.searchParams.get('city');
      if (city === '0') return { status: 503 };
      return city === '1' ? untilAborted(signal) : { status: 400 };
    });
    const pausing = { ...world.deps(), sleep: (_: number, signal?: AbortSignal) => untilAborted(signal) };
    const weather = source([resource('weather', cities(3))]);
    const error = await rejection(fetchSource(weather, { scheduledAt }, pausing));
    expect(error.message).to.contain('weather?city=2: 400');
    expect(world.requests).to.have.length(3);
  });

  it('leaves no upload behind when a slice fails after much has landed', async () => {
    const big = JSON.stringify([0, 1].map(() => randomBytes(3_000_000).toString('base64')));
    const world = fetchWorld(({ url }) =>
      url.searchParams.get('city') === '2' ? { status: 400 } : { body: big },
    );
    await rejection(run(world, source([resource('weather', cities(3))], { concurrency: 1 })));
    expect(world.bucket.commands).to.have.length.greaterThan(0);
    expect(world.bucket.uploads).to.have.property('size', 0);
    expect(world.fetch('weather')).to.include({ state: 'failed' }).and.not.have.property('objects');
  });

  it('fetches a failed window again as another attempt, under other keys', async () => {
    let down = true;
    const world = fetchWorld(() => (down ? { status: 400 } : { body: '[1]' }));
    const weather = source([resource('weather')]);
    await rejection(run(world, weather));
    down = false;
    await run(world, weather, scheduledAt, 'r2');
    expect(world.fetch('weather')).to.include({ state: 'committed', attempt: 2 });
    expect(world.fetch('weather')?.objects?.[0]?.key).to.match(/-all-2-0\.ndjson\.gz$/);
  });

  it('does nothing, quietly, for a window that is committed already, or older', async () => {
    const world = fetchWorld();
    const weather = source([resource('weather')]);
    await run(world, weather);
    expect(await run(world, weather, scheduledAt, 'r2')).to.deep.equal({
      scheduledAt,
      windows: [{ resource: 'weather', outcome: 'skipped', reason: 'committed already' }],
    });
    const older = await run(world, weather, '2026-11-21T10:00:00Z', 'r3');
    expect(older.windows[0]).to.include({ outcome: 'skipped' });
    expect(world.requests).to.have.length(1);
    expect(world.eventsOf('window skipped')).to.have.length(2);
  });

  it('takes the resources that are due, or named', async () => {
    const world = fetchWorld();
    const both = source([resource('slow', [{}], { every_ms: 3_600_000 }), resource('quick')]);
    await run(world, both);
    const next = await run(world, both, '2026-11-21T10:10:00Z');
    expect(next.windows.map(({ outcome }) => outcome)).to.deep.equal(['skipped', 'committed']);
    const event = { scheduledAt: '2026-11-21T11:05:00Z', resources: ['slow'] };
    const last = await fetchSource(both, event, world.deps());
    expect(last.windows).to.have.length(1);
    expect(last.windows[0]).to.include({ resource: 'slow', outcome: 'committed' });
  });

  it('leaves the reserve of a budget to live fetches, and gives back what it has not used', async () => {
    const policies = [{ limit: 10, per_ms: 3_600_000, window: 'fixed' as const }];
    const client = { api_budget: { name: 'weather', policies, reserve: 0.5 }, concurrency: 1 };
    const backfill = incremental({ end_value: '2026-11-10T00:00:00Z', on_cursor_value_missing: 'include' });
    const world = fetchWorld();
    const both = source(
      [resource('old', cities(8), { incremental: backfill }), resource('new', cities(4))],
      client,
    );
    const event = { scheduledAt, resources: ['old'] };
    expect((await fetchSource(both, event, world.deps())).windows[0]).to.include({
      outcome: 'committed',
      behind: 3,
    });
    expect(world.requests).to.have.length(5);
    const live = await fetchSource(both, { scheduledAt, resources: ['new'] }, world.deps());
    expect(live.windows[0]).to.include({ outcome: 'committed', requests: 4 });
  });

  it('fails for a window that waits for an earlier one, so that Lambda asks again', async () => {
    const world = fetchWorld();
    const weather = source([resource('weather')]);
    let inner: Promise<Error> | undefined;
    world.api = async () => {
      inner ??= rejection(run(world, weather, '2026-11-21T10:10:00Z', 'r2'));
      await inner;
      return { body: '[1]' };
    };
    await run(world, weather);
    expect((await inner)?.message).to.match(
      /the window of 2026-11-21T10:05:00Z is still being fetched, until/,
    );
    expect(world.fetch('weather')).to.include({ state: 'committed' });
    expect(world.fetch('weather', '2026-11-21T10:10:00Z')).to.equal(undefined);
  });

  it('lets exactly one of eight invocations commit', async () => {
    const world = fetchWorld();
    const weather = source([resource('weather', cities(5))]);
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, number) => run(world, weather, scheduledAt, `r${number}`)),
    );
    const outcomes = results.flatMap(({ windows }) => windows.map(({ outcome }) => outcome));
    expect(outcomes.toSorted()).to.deep.equal(['committed', ...Array.from({ length: 7 }, () => 'skipped')]);
    expect(world.lines('weather')).to.have.length(5);
    expect(world.requests).to.have.length(5);
  });

  it('counts nothing, and says so, when its window was taken over', async () => {
    const world = fetchWorld();
    const weather = source([resource('weather')]);
    let taken = false;
    world.api = async () => {
      if (taken) return { body: '[2]' };
      taken = true;
      // Longer than the lease: the clock of this host is wrong, or it was frozen.
      world.clock += 1_000_000;
      await run(world, weather, scheduledAt, 'r2');
      return { body: '[1]' };
    };
    const result = await run(world, weather);
    expect(result.windows[0]).to.deep.include({
      outcome: 'skipped',
      reason: 'another invocation has taken it over',
    });
    expect(world.lines('weather').map(({ body }) => body)).to.deep.equal([[2]]);
  });

  it('tells of a ledger that fails, and leaves the lease to end by itself', async () => {
    const world = fetchWorld();
    const deps = world.deps();
    let writes = 0;
    const { dynamo } = deps.ledger;
    const send = async (command: object): Promise<unknown> => {
      if (command.constructor.name === 'TransactWriteCommand') writes += 1;
      if (writes > 1) throw new Error('the table is gone');
      return dynamo.send(command as never);
    };
    const broken = { ...deps, ledger: { ...deps.ledger, dynamo: { send: send as typeof dynamo.send } } };
    const error = await rejection(fetchSource(source([resource('weather')]), { scheduledAt }, broken));
    expect(error.message).to.contain(
      'weather: the table is gone; and the window could not be given back: the table is gone',
    );
    expect(world.window('weather')).to.include({ holder: 'r1/x0', held_until: '2026-11-21T10:10:12.000Z' });
  });
});

describe('retries of a request', () => {
  it('land the response that came in the end, and are told of', async () => {
    const world = flaky([
      { status: 503, body: '{"reason":"overloaded"}' },
      { error: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) },
      { body: '[1' },
    ]);
    await run(world, source([resource('weather')]));
    expect(world.fetch('weather')).to.include({ state: 'committed', requests: 4, responses: 1 });
    const url = 'GET https://api.example/v1/weather';
    expect(world.eventsOf('request retried')).to.deep.equal(
      [
        { status: 503, attempt: 1, waitMs: 750, reason: `${url}: 503: overloaded` },
        {
          status: undefined,
          attempt: 2,
          waitMs: 1250,
          reason: `${url}: the connection failed: read ECONNRESET (ECONNRESET)`,
        },
        {
          status: 200,
          attempt: 3,
          waitMs: 2250,
          reason: `${url}: 200, but the body is no whole JSON: [1 (Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3))`,
        },
      ].map((fields) => ({ event: 'request retried', level: 'WARN', resource: 'weather', ...fields })),
    );
  });

  it('end cleanly when the API asks for too long a wait, and nobody asks before it is over', async () => {
    const world = flaky([{ status: 429, headers: { 'retry-after': '3600' } }]);
    const weather = source([resource('weather')]);
    const { windows } = await run(world, weather);
    expect(windows[0]).to.include({ outcome: 'paused', attempt: 1 });
    expect(world.eventsOf('window paused')[0]).to.deep.include({
      level: 'WARN',
      resource: 'weather',
      scheduledAt,
      notBefore: '2026-11-21T11:05:02.000Z',
    });
    expect(world.fetch('weather')?.reason).to.contain('the API asks to wait 3600 s');
    const [next] = (await run(world, weather, '2026-11-21T10:10:00Z', 'r2')).windows;
    expect(next).to.include({ outcome: 'skipped', reason: 'fetching waits until 2026-11-21T11:05:02.000Z' });
    expect(world.requests).to.have.length(1);
    world.clock += 3_600_000;
    const [last] = (await run(world, weather, '2026-11-21T11:05:00Z', 'r3')).windows;
    expect(last).to.include({ outcome: 'committed' });
  });

  it('end with an error when there is no time for another one', async () => {
    const world = flaky([{ status: 503 }]);
    world.remainingMs = 11_500;
    const error = await rejection(run(world, source([resource('weather')])));
    expect(error.message).to.contain('503; no time for another try in the 1 s that this fetch has left');
    expect(world.fetch('weather')).to.include({ state: 'failed' });
  });

  it('send nothing when the time is over, but keep some for the ledger', async () => {
    const world = fetchWorld();
    world.remainingMs = 10_999;
    const error = await rejection(run(world, source([resource('weather')])));
    expect(error.message).to.contain('not sent, the time of this fetch is over');
    expect(world.requests).to.deep.equal([]);
    expect(world.window('weather')).to.not.have.property('holder');
  });

  it('let other slices pass while one waits', async () => {
    const order: (string | null)[] = [];
    let first = true;
    const world = fetchWorld(({ url }) => {
      order.push(url.searchParams.get('city'));
      if (!first) return { body: '[1]' };
      first = false;
      return { status: 503 };
    });
    await run(world, source([resource('weather', cities(2)), resource('other')], { concurrency: 1 }));
    expect(order).to.deep.equal(['0', null, '0', '1']);
  });

  it('do not help against a response that is too big for a line', async () => {
    const records = { time: ['x'.repeat(9e6)] };
    const world = fetchWorld(() => ({ body: JSON.stringify(records) }));
    const error = await rejection(run(world, source([resource('weather', [{}], { shape: 'columns' })])));
    expect(error.message).to.match(
      /GET https:\/\/api\.example\/v1\/weather: the response has more than 8\.0 MB/,
    );
    expect(world.requests).to.have.length(1);
    expect(world.bucket.objects).to.have.property('size', 0);
  });

  it('name the slice when it is not in the URL', async () => {
    const world = fetchWorld(() => ({ status: 400 }));
    const search = resource('search', [{ city: 'Oslo' }], {
      endpoint: { ...defaultEndpoint, path: 'search', method: 'POST', json: { q: '{city}' } },
    });
    const error = await rejection(run(world, source([search])));
    expect(error.message).to.contain('POST https://api.example/v1/search for {"city":"Oslo"}: 400');
  });
});

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
}

/** An API that gives these answers, one after another, and then a good one. */
function flaky(first: ApiAnswer[]): FetchWorld {
  const answers = [...first];
  return fetchWorld(() => answers.shift() ?? { body: '[1]' });
}
