import { expect } from 'chai';
import { ConfigError } from '../../../../pipeline/errors.ts';
import { createSecretMask } from '../../../../pipeline/http/secret-mask.ts';
import type { Auth } from '../../../../pipeline/source/source.ts';
import { rejection } from '../../../support/rejection.ts';
import { authWorld, dataRequest, secret, tokenPlaces, tokenUrl } from './auth-world.ts';

const login = { path: 'login', method: 'POST', headers: {} } as const;
const session = {
  type: 'session_token',
  token_path: '$.data.session[0].id',
  lifetime_ms: 60_000,
  name: 'X-Session',
  location: 'header',
  prefix: '',
} as const;

interface Case {
  auth: Auth;
  /** The request for a token: method, URL, headers that matter, body. */
  asks?: { method: string; url: string; headers: object; body?: string };
  answer?: unknown;
  url?: string;
  headers?: object;
  /** What must be hidden, besides the values of the secrets. */
  hides?: string[];
}

const stored = { key: 'k/1+ =ü', user: 'ann', password: 'p:w d', 'client-secret': 'c s&1', refresh: 'r-1' };
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const formType = { 'content-type': 'application/x-www-form-urlencoded' };

const cases: Record<string, Case> = {
  'api_key in a header': {
    auth: { type: 'api_key', name: 'X-Api-Key', location: 'header', api_key: secret('key') },
    headers: { 'x-api-key': stored.key },
  },
  'api_key in the query': {
    auth: { type: 'api_key', name: 'key', location: 'query', api_key: secret('key') },
    url: 'https://api.example/v1/items?q=1&key=k%2F1%2B+%3D%C3%BC',
  },
  bearer: {
    auth: { type: 'bearer', token: secret('key') },
    headers: { authorization: `Bearer ${stored.key}` },
  },
  'http_basic with a stored user': {
    auth: { type: 'http_basic', username: secret('user'), password: secret('password') },
    headers: { authorization: `Basic ${base64('ann:p:w d')}` },
    hides: [base64('ann:p:w d')],
  },
  'http_basic with a plain user and no password': {
    auth: { type: 'http_basic', username: 'Zoë' },
    headers: { authorization: `Basic ${base64('Zoë:')}` },
  },
  'oauth2_client_credentials in the body': {
    auth: {
      type: 'oauth2_client_credentials',
      token: { ...tokenPlaces, scopes: ['read', 'list'], data: { audience: 'https://api.example/' } },
    },
    asks: {
      method: 'POST',
      url: tokenUrl,
      headers: formType,
      body:
        'grant_type=client_credentials&scope=read+list&client_id=me&client_secret=c+s%261' +
        '&audience=https%3A%2F%2Fapi.example%2F',
    },
    answer: { access_token: 'T', token_type: 'Bearer', expires_in: 3600 },
    headers: { authorization: 'Bearer T' },
  },
  'oauth2_client_credentials by Basic, each part written as in a form': {
    auth: {
      type: 'oauth2_client_credentials',
      token: { ...tokenPlaces, client_id: secret('user'), client_in: 'basic' },
    },
    asks: {
      method: 'POST',
      url: tokenUrl,
      headers: { ...formType, authorization: `Basic ${base64('ann:c+s%261')}` },
      body: 'grant_type=client_credentials',
    },
    answer: { access_token: 'T' },
    headers: { authorization: 'Bearer T' },
    hides: [base64('ann:c+s%261')],
  },
  'oauth2_client_credentials with a grant type of the host': {
    auth: {
      type: 'oauth2_client_credentials',
      token: {
        ...tokenPlaces,
        client_in: 'basic',
        data: { grant_type: 'account_credentials', account_id: '7' },
      },
    },
    asks: {
      method: 'POST',
      url: tokenUrl,
      headers: { authorization: `Basic ${base64('me:c+s%261')}` },
      body: 'grant_type=account_credentials&account_id=7',
    },
    answer: { access_token: 'T' },
    headers: { authorization: 'Bearer T' },
  },
  'oauth2_refresh_token of a public client': {
    auth: {
      type: 'oauth2_refresh_token',
      token: withoutSecret(),
      refresh_token: secret('refresh'),
    },
    asks: {
      method: 'POST',
      url: tokenUrl,
      headers: formType,
      body: 'grant_type=refresh_token&refresh_token=r-1&client_id=me',
    },
    answer: { access_token: 'T' },
    headers: { authorization: 'Bearer T' },
  },
  'session_token by a JSON login': {
    auth: {
      ...session,
      login: {
        ...login,
        headers: { 'X-App': 'a' },
        json: { user: secret('user'), with: [{ pw: secret('password') }] },
      },
    },
    asks: {
      method: 'POST',
      url: 'https://api.example/v1/login',
      headers: { 'content-type': 'application/json', 'x-app': 'a', 'x-plan': 'b' },
      body: '{"user":"ann","with":[{"pw":"p:w d"}]}',
    },
    answer: { data: { session: [{ id: 'S' }] } },
    headers: { 'x-session': 'S' },
  },
  'session_token by a form login, with a prefix': {
    auth: { ...session, prefix: 'SID ', login: { ...login, form: { user: 'ann', pw: secret('password') } } },
    asks: {
      method: 'POST',
      url: 'https://api.example/v1/login',
      headers: formType,
      body: 'user=ann&pw=p%3Aw+d',
    },
    answer: { data: { session: [{ id: 4711 }] } },
    headers: { 'x-session': 'SID 4711' },
  },
  'session_token by a GET, into the query': {
    auth: {
      ...session,
      name: 'sid',
      location: 'query',
      token_path: '$',
      login: { ...login, path: '/login', method: 'GET', form: { key: secret('key') } },
    },
    asks: {
      method: 'GET',
      url: 'https://api.example/v1/login?key=k%2F1%2B+%3D%C3%BC',
      headers: {},
    },
    answer: 'S-1\n',
    url: 'https://api.example/v1/items?q=1&sid=S-1',
  },
};

function withoutSecret() {
  const { client_secret: _, ...token } = tokenPlaces;
  return token;
}

describe('Authenticator', () => {
  for (const [what, { auth, asks, answer, url, headers = {}, hides = [] }] of Object.entries(cases)) {
    it(`sends what ${what} means`, async () => {
      const world = authWorld(() => ({ body: answer }));
      for (const [name, value] of Object.entries(stored)) world.stored.set(name, value);
      const client = { headers: { 'User-Agent': 'weather/1', 'X-Plan': 'b' } };
      const authenticator = world.authenticator(auth, { client });
      const request = dataRequest();
      const sent = await authenticator.apply(request);
      expect(sent.url.href).to.equal(url ?? request.url.href);
      expect(sent.headers).to.deep.equal({ ...request.headers, ...headers });
      expect(request).to.deep.equal(dataRequest());
      expect(world.asked).to.have.length(asks ? 1 : 0);
      for (const { method, url: asked, headers: said, body } of world.asked) {
        expect({ method, url: asked.href, body }).to.deep.equal({ body: undefined, ...omitHeaders(asks) });
        expect(said).to.include({ 'user-agent': 'weather/1', accept: 'application/json', ...asks?.headers });
      }
      const read = world.steps.filter((step) => step.startsWith('read ')).map((step) => step.slice(5));
      expect(read).to.have.length.at.most(3);
      const values = read.map((name) => stored[name as keyof typeof stored]);
      for (const value of [...values, ...hides]) expect(world.mask.mask(`<${value}>`)).to.equal('<***>');
    });

    it(`shows nothing of ${what}`, async () => {
      const world = authWorld(() => ({ body: answer }));
      for (const [name, value] of Object.entries(stored)) world.stored.set(name, value);
      const authenticator = world.authenticator(auth);
      const request = dataRequest();
      const shown = url?.replace(/(key|sid)=.*$/, '$1=***') ?? request.url.href;
      expect(authenticator.shownUrl(request)).to.equal(shown);
      const sent = await authenticator.apply(request);
      expect(authenticator.shownUrl(sent)).to.equal(shown);
    });
  }

  it('is nothing where a source has no auth', async () => {
    const authenticator = authWorld().authenticator();
    const request = dataRequest('https://elsewhere.example/');
    expect(await authenticator.apply(request)).to.equal(request);
    expect(await authenticator.renew(request)).to.equal(false);
    expect(authenticator.shownUrl(request)).to.equal('https://elsewhere.example/');
  });

  const byQuery = cases['api_key in the query']?.auth;

  it('leaves the rest of a query as it is written, and replaces a key that is there already', async () => {
    const world = authWorld();
    world.stored.set('key', 'K');
    const { apply } = world.authenticator(byQuery);
    expect((await apply(dataRequest("items?a=1%202,3'+&b"))).url.search).to.equal('?a=1%202,3%27+&b&key=K');
    expect((await apply(dataRequest('items?key=old&a=1'))).url.search).to.equal('?key=K&a=1');
    expect((await apply(dataRequest('items'))).url.search).to.equal('?key=K');
  });

  for (const target of [
    'https://evil.example/v1/items',
    'http://api.example/v1/items',
    'https://api.example:444/',
  ]) {
    it(`sends no key to ${target}`, async () => {
      const world = authWorld();
      world.stored.set('key', 'K');
      const error = await rejection(world.authenticator(byQuery).apply(dataRequest(target)));
      expect(error).to.include({ name: 'HttpError', retryable: false });
      expect(error.message).to.contain('is not https://api.example: ');
      expect(world.steps).to.deep.equal([]);
    });
  }

  for (const [url, fine] of [
    ['http://login.example/token', false],
    ['ftp://login.example/token', false],
    ['/token', false],
    ['http://127.evil.example/token', false],
    ['http://localhost.evil.example/token', false],
    ['https://login.example/token', true],
    ['http://127.0.0.1:8080/token', true],
    ['http://localhost/token', true],
    ['http://[::1]:1/token', true],
  ] as const) {
    it(`${fine ? 'takes' : 'refuses'} the token URL ${url}`, () => {
      const token = { ...tokenPlaces, url };
      const make = () => authWorld().authenticator({ type: 'oauth2_client_credentials', token });
      if (fine) expect(make).to.not.throw();
      else expect(make).to.throw(ConfigError, 'must begin with https://');
    });
  }

  it('keeps a login below base_url', async () => {
    const auth: Auth = { ...session, login: { ...login, path: '../admin' } };
    const error = await rejection(authWorld().authenticator(auth).apply(dataRequest()));
    expect(error.message).to.contain(
      "the login path '../admin' leads to https://api.example/admin, outside of",
    );
  });

  it('finds a stored key that was replaced after a refusal, and says when it was not', async () => {
    for (const auth of [cases['bearer'], cases['http_basic with a stored user']].map(
      (known) => known?.auth,
    )) {
      const world = authWorld();
      for (const [name, value] of Object.entries(stored)) world.stored.set(name, value);
      const { apply, renew } = world.authenticator(auth);
      const first = dataRequest();
      const second = await apply(dataRequest());
      await apply(first);
      expect(await renew(first)).to.equal(false);
      for (const name of ['key', 'password']) world.stored.set(name, 'another');
      expect(await renew(second)).to.equal(true);
      // What was refused is not what is sent by now: there is nothing to read.
      const reads = world.steps.length;
      expect(await renew(first)).to.equal(true);
      expect(world.steps).to.have.length(reads);
      const { authorization = '' } = (await apply(first)).headers;
      expect([authorization, Buffer.from(authorization.slice(6), 'base64').toString()].join(' ')).to.contain(
        'another',
      );
      expect(await renew(first)).to.equal(false);
    }
  });

  it('hides what it holds from every mask, though the token is older than that', async () => {
    const world = authWorld(() => ({ body: { access_token: 'an-old-token' } }));
    world.stored.set('client-secret', 'x');
    const auth: Auth = { type: 'oauth2_client_credentials', token: tokenPlaces };
    await world.authenticator(auth).apply(dataRequest());
    world.mask = createSecretMask();
    await world.authenticator(auth).apply(dataRequest());
    expect(world.asked).to.have.length(1);
    expect(world.mask.maskBody('an-old-token')).to.equal('***');
  });
});

function omitHeaders(asks: Case['asks']): object {
  const { headers: _, ...rest } = asks ?? { headers: {} };
  return rest;
}
