import { expect } from 'chai';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import type { Auth } from '../../../pipeline/source/source.ts';
import {
  fetchWorld,
  resource,
  scheduledAt,
  source,
  type Api,
  type FetchWorld,
} from '../../support/fetch-world.ts';
import { rejection } from '../../support/rejection.ts';

const canary = 'c4nary/with+odd "chars" 0123456789';
const reference = { secret: 'weather-key', store: 'parameter-store' as const };
const parameter = '/catchwater/weather-key';
const kinds: Record<string, Auth> = {
  query: { type: 'api_key', location: 'query', name: 'key', api_key: reference },
  header: { type: 'api_key', location: 'header', name: 'X-Key', api_key: reference },
  bearer: { type: 'bearer', token: { secret: 'weather-key', store: 'secrets-manager' } },
};

const forms = [
  canary,
  encodeURIComponent(canary),
  new URLSearchParams({ '': canary }).toString().slice(1),
  JSON.stringify(canary).slice(1, -1),
  JSON.stringify(JSON.stringify(canary)).slice(3, -3),
  Buffer.from(canary).toString('base64'),
];

function start(api: Api): FetchWorld {
  const world = fetchWorld(api);
  world.secrets.set(parameter, canary);
  world.secrets.set('catchwater/weather-key', canary);
  return world;
}

/** All that leaves the function: logs, objects with their metadata, the ledger, the answer or the error. */
function expectNoCanary(world: FetchWorld, result: unknown): void {
  const texts = [
    inspect(result, { depth: Infinity, showHidden: true }),
    JSON.stringify(world.logs),
    JSON.stringify([...world.dynamo.items.values()]),
    ...[...world.bucket.objects].flatMap(([key, { body, metadata }]) => [
      key,
      JSON.stringify(metadata),
      gunzipSync(body).toString(),
    ]),
  ];
  for (const text of texts) for (const form of forms) expect(text).to.not.contain(form);
}

/** The API repeats everything that it was sent, in its body and its headers. */
const echo: Api = ({ url, headers }) => ({
  body: JSON.stringify([url.href, headers, Buffer.from(canary).toString('base64')]),
  headers: { etag: canary, 'x-ratelimit-limit': encodeURIComponent(canary) },
});

describe('secrets', () => {
  for (const [kind, auth] of Object.entries(kinds)) {
    const weather = source([resource('weather')], { auth, max_attempts: 2 });

    it(`reach the API by ${kind} and nobody else, though it repeats them`, async () => {
      const world = start(echo);
      const result = await fetchSource(weather, { scheduledAt }, world.deps());
      const { url = new URL('x:'), headers = {} } = world.requests[0] ?? {};
      expect([url.searchParams.get('key'), headers['x-key'], headers['authorization']]).to.deep.equal([
        kind === 'query' ? canary : null,
        kind === 'header' ? canary : undefined,
        kind === 'bearer' ? `Bearer ${canary}` : undefined,
      ]);
      const [line] = world.lines('weather');
      expect(line?.request.url).to.equal(
        `https://api.example/v1/weather${kind === 'query' ? '?key=***' : ''}`,
      );
      expectNoCanary(world, result);
    });

    const failures: [what: string, api: Api][] = [
      ['a refusal', () => ({ status: 400, body: JSON.stringify({ message: `bad key ${canary}` }) })],
      ['an error in a 200', (request) => ({ body: JSON.stringify({ error: request.url.href }) })],
      ['text', (request) => ({ body: `no JSON: ${request.url.href} ${JSON.stringify(request.headers)}` })],
      [
        'a broken connection',
        ({ url }) => ({
          error: Object.assign(new Error(`lost ${url.href} ${canary}`), { code: 'X', cause: canary }),
        }),
      ],
      [
        'a foreign redirect',
        ({ url }) => ({ status: 302, headers: { location: `https://evil.example${url.search}&${canary}` } }),
      ],
      ['redirects without end', ({ url }) => ({ status: 302, headers: { location: url.href } })],
    ];
    for (const [what, api] of failures) {
      it(`sent by ${kind} are not told by ${what}`, async () => {
        const world = start(api);
        const error = await rejection(fetchSource(weather, { scheduledAt }, world.deps()));
        expect(world.fetch('weather')).to.include({ state: 'failed' });
        expectNoCanary(world, error);
      });
    }
  }

  const byQuery = source([resource('weather', [{ city: 1 }, { city: 2 }, { city: 3 }])], {
    auth: kinds['query'] as Auth,
  });

  it('are read once and kept for five minutes', async () => {
    const world = start(() => ({ body: '[]' }));
    await fetchSource(byQuery, { scheduledAt }, world.deps());
    world.clock += 299_999;
    await fetchSource(byQuery, { scheduledAt: '2026-11-21T10:06:00Z' }, world.deps());
    expect(world.secretReads).to.deep.equal([parameter]);
    world.clock += 1;
    await fetchSource(byQuery, { scheduledAt: '2026-11-21T10:07:00Z' }, world.deps());
    expect(world.secretReads).to.deep.equal([parameter, parameter]);
  });

  for (const status of [401, 403]) {
    it(`are read anew after a ${status}, once, and used when they have changed`, async () => {
      const world = start(({ url }) =>
        url.searchParams.get('key') === 'new-secret' ? { body: '[1]' } : { status },
      );
      const deps = world.deps();
      await deps.secrets.read(reference);
      world.secrets.set(parameter, 'new-secret\n');
      const result = await fetchSource(byQuery, { scheduledAt }, deps);
      expect(result.windows[0]).to.include({ outcome: 'committed', responses: 3 });
      expect(world.secretReads).to.have.length(2);
      expectNoCanary(world, result);
    });

    it(`that are still refused with ${status} fail the window at once`, async () => {
      const world = start(() => ({ status }));
      const error = await rejection(fetchSource(byQuery, { scheduledAt }, world.deps()));
      expect(error.message).to.contain(`key=***: ${status}; `);
      // One slice: one request. Those beside it were under way.
      expect(world.requests.length).to.be.lessThan(4);
      expect(world.eventsOf('request retried')).to.deep.equal([]);
    });
  }

  it('that are missing are named, with the command that sets them', async () => {
    const world = fetchWorld();
    const error = await rejection(fetchSource(byQuery, { scheduledAt }, world.deps()));
    expect(error.message).to.contain(
      "the secret 'weather-key' cannot be read (parameter /catchwater/weather-key of Parameter Store: " +
        'ParameterNotFound); set it with `catchwater secret set weather-key`',
    );
    expect(world.requests).to.deep.equal([]);
    world.secrets.set(parameter, ' \n');
    const empty = await rejection(fetchSource(byQuery, { scheduledAt }, world.deps()));
    expect(empty.message).to.contain("the secret 'weather-key' is empty");
    world.secrets.set(parameter, canary);
    const again = await fetchSource(byQuery, { scheduledAt }, world.deps());
    expect(again.windows[0]).to.include({ outcome: 'committed', attempt: 3 });
  });
});
