import { expect } from 'chai';
import { inspect } from 'node:util';
import type { Auth } from '../../../../pipeline/source/source.ts';
import { rejection } from '../../../support/rejection.ts';
import { authWorld, dataRequest, secret, tokenPlaces, type Answer, type Endpoint } from './auth-world.ts';

const canary = 'c4nary/with+odd "chars" 0123456789';
const forms = [
  canary,
  encodeURIComponent(canary),
  new URLSearchParams({ '': canary }).toString().slice(1),
  JSON.stringify(canary).slice(1, -1),
  Buffer.from(canary).toString('base64'),
  Buffer.from(`me:${new URLSearchParams({ '': canary }).toString().slice(1)}`).toString('base64'),
];

const login = { path: 'login', headers: {} };
const session = {
  type: 'session_token',
  token_path: '$.token',
  lifetime_ms: 1,
  name: 'X',
  location: 'header',
  prefix: '',
} as const;
const token = { ...tokenPlaces, client_secret: secret('canary') };
const kinds: Record<string, Auth> = {
  'in a form': { type: 'oauth2_client_credentials', token },
  'by Basic': { type: 'oauth2_client_credentials', token: { ...token, client_in: 'basic' } },
  'as a refresh token': { type: 'oauth2_refresh_token', token, refresh_token: secret('canary') },
  'in a JSON login': { ...session, login: { ...login, method: 'POST', json: { pw: secret('canary') } } },
  'in the query of a login': {
    ...session,
    login: { ...login, method: 'GET', form: { pw: secret('canary') } },
  },
};

const place =
  /^no token from (POST https:\/\/login\.example\/oauth\/token|(POST|GET) https:\/\/api\.example\/v1\/login): /;

/** What is told of an answer, and whether it is worth another try. */
const failures: [what: string, answer: Answer, told: string, retryable: boolean, more?: object][] = [
  [
    '400',
    { status: 400, body: { error: 'invalid_grant', error_description: 'gone' } },
    '400: invalid_grant, gone',
    false,
  ],
  ['401', { status: 401, body: { error: 'invalid_client' } }, '401: invalid_client', false],
  ['401 in words', { status: 401, body: { message: 'who?' } }, '401: who?', false],
  ['403', { status: 403 }, '403', false],
  [
    '403 with a time to wait',
    { status: 403, headers: { 'retry-after': '7' } },
    '403',
    true,
    { retryAfterMs: 7000 },
  ],
  ['404', { status: 404, body: '<h1>Not here</h1>' }, '404: Not here', false],
  ['400 of the moment', { status: 400, body: { error: 'slow_down' } }, '400: slow_down', true],
  [
    '429',
    { status: 429, headers: { 'retry-after': '30' } },
    '429',
    true,
    { status: 429, retryAfterMs: 30_000 },
  ],
  ['500', { status: 500 }, '500', true],
  ['503', { status: 503, body: 'down' }, '503: down', true, { status: 503 }],
  ['206', { status: 206 }, '206', false],
  [
    '302 to another host',
    { status: 302, headers: { location: 'https://evil.example/x' } },
    '302, a redirect',
    false,
  ],
  ['304', { status: 304 }, '304', false],
];

describe('a token request that fails', () => {
  for (const [what, answer, told, retryable, more = {}] of failures) {
    it(`with ${what} is told as it is, ${retryable ? '' : 'not '}to be tried again`, async () => {
      const world = authWorld(() => answer);
      world.stored.set('canary', canary);
      const error = await rejection(world.authenticator(kinds['in a form']).apply(dataRequest()));
      expect(error.message).to.match(place);
      expect(error.message.replace(place, '')).to.satisfy((text: string) => text.startsWith(told));
      expect(error).to.include({ retryable, ...more });
      // It is the token's, and no answer to a request for data.
      if (!retryable) expect(error).to.have.property('status', undefined);
    });
  }

  const told: Record<string, Endpoint> = {
    'a refusal that repeats it': ({ url, headers, body }) => ({
      status: 400,
      body: { message: `${url.href} ${JSON.stringify(headers)} ${body}` },
    }),
    'an error page': ({ url, body }) => ({ status: 502, body: `<p>${url.href} ${body} ${canary}</p>` }),
    'an error under a 200': ({ url, body }) => ({ body: { error: `${url.href} ${body}` } }),
    'an answer without a token': ({ body }) => ({ body: { repeated: body, other: canary } }),
    'an answer that is no JSON': ({ url, body }) => ({ body: `${url.href} ${body}` }),
    'a broken connection': ({ url, body }) => {
      const cause = new Error(`at ${url.href} with ${body}`);
      throw Object.assign(new Error(`lost ${url.href} ${canary}`, { cause }), { code: 'ECONNRESET' });
    },
    'a redirect to another host': ({ url }) => ({
      status: 307,
      headers: { location: `https://evil.example/${url.search}&${encodeURIComponent(canary)}` },
    }),
    'redirects without end': ({ url }) => ({ status: 307, headers: { location: url.href } }),
    'a redirect to a path that repeats it': ({ url }) => ({
      status: 302,
      headers: { location: `/${encodeURIComponent(canary)}${url.search}` },
    }),
  };
  for (const [kind, auth] of Object.entries(kinds)) {
    for (const [what, endpoint] of Object.entries(told)) {
      it(`tells no secret that was sent ${kind}: ${what}`, async () => {
        const world = authWorld(endpoint);
        world.stored.set('canary', canary);
        const error = await rejection(world.authenticator(auth).apply(dataRequest()));
        expect(error.message).to.match(place);
        const text = inspect(error, { depth: Infinity, showHidden: true });
        for (const form of forms) expect(text).to.not.contain(form);
      });
    }
  }

  it('follows a redirect on the same host, with its body where the status keeps it', async () => {
    const world = authWorld(({ url }) =>
      url.pathname === '/v2/token'
        ? { body: { access_token: 'T' } }
        : { status: 308, headers: { location: '/v2/token' } },
    );
    world.stored.set('canary', canary);
    await world.authenticator(kinds['in a form']).apply(dataRequest());
    expect(world.asked[1]).to.deep.include({ method: 'POST', body: world.asked[0]?.body });
  });

  it('has the time of any request', async () => {
    const world = authWorld(() => Promise.reject(new DOMException('the time is over', 'TimeoutError')));
    world.stored.set('canary', canary);
    const quick = world.authenticator(kinds['in a form'], { client: { timeout_ms: 1234 } });
    const error = await rejection(quick.apply(dataRequest()));
    expect(error.message).to.contain('no complete answer within 1234 ms');
    expect(error).to.include({ retryable: true });
  });

  it('ends with the invocation, for its reason', async () => {
    const ending = new AbortController();
    const world = authWorld(() => {
      ending.abort(new Error('the window has failed'));
      throw ending.signal.reason;
    });
    world.stored.set('canary', canary);
    const { apply } = world.authenticator(kinds['in a form'], { signal: ending.signal });
    expect((await rejection(apply(dataRequest()))).message).to.equal('the window has failed');
    expect((await rejection(apply(dataRequest()))).message).to.equal('the window has failed');
    expect(world.asked).to.have.length(1);
  });
});
