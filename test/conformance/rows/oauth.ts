/** Tokens got with client credentials or a refresh token: fetched once, renewed, written back, never shown. */
import { ids, json, refusal } from '../answers.ts';
import type { Question } from '../api-server.ts';
import type { Row } from '../row.ts';

const auth = (text: string, more = '') => `client: { auth: ${text} }\n${more}`;

const secret = 'the-secret-value';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

const credentials = (more = '') =>
  auth(
    `{ type: oauth2_client_credentials, access_token_url: '{api}/token', client_id: me, client_secret: { secret: cs }${more} }`,
  );

const refresh = (more = '') =>
  auth(
    `{ type: oauth2_refresh_token, access_token_url: '{api}/token', client_id: me, client_secret: { secret: cs }, refresh_token: { secret: rt }${more} }`,
  );

/** Gives tokens t1, t2, … that are good for so long; only the last one is taken. */
const tokens =
  (expires_in?: number, more: Record<string, unknown> = {}) =>
  () => {
    let given = 0;
    return ({ path, headers }: Question) => {
      if (path === '/token') {
        given += 1;
        return json({
          access_token: `t${given}`,
          token_type: 'bearer',
          ...(expires_in !== undefined && { expires_in }),
          ...more,
        });
      }
      return headers['authorization'] === `Bearer t${given}` ? ids(1) : refusal(401, 'expired');
    };
  };

const key = 'a-long-secret-key';

export const oauth: Row[] = [
  {
    name: 'client credentials are exchanged for a token, once for many requests',
    source: `${credentials()}for_each: { city: [A, B, C] }\nendpoint: { params: { q: '{city}' } }`,
    secrets: { cs: secret },
    api: tokens(3600),
    requests: [
      {
        line: 'POST /token',
        headers: { 'content-type': /^application\/x-www-form-urlencoded/ },
        body: `grant_type=client_credentials&client_id=me&client_secret=${secret}`,
      },
      { line: '/items?q=A', headers: { authorization: 'Bearer t1' } },
      { line: '/items?q=B', headers: { authorization: 'Bearer t1' } },
      { line: '/items?q=C', headers: { authorization: 'Bearer t1' } },
    ],
  },
  {
    name: 'client credentials go into Basic where the server wants it so',
    source: credentials(', client_in: basic'),
    secrets: { cs: secret },
    api: tokens(3600),
    requests: [
      {
        line: 'POST /token',
        headers: { authorization: basic(`me:${secret}`) },
        body: 'grant_type=client_credentials',
      },
      '/items',
    ],
  },
  {
    name: 'scopes and further fields go with them',
    source: credentials(
      ", scopes: [read, list], access_token_request_data: { audience: 'https://a.example' }",
    ),
    secrets: { cs: 'c' },
    api: tokens(3600),
    requests: [
      {
        line: 'POST /token',
        body: 'grant_type=client_credentials&scope=read+list&client_id=me&client_secret=c&audience=https%3A%2F%2Fa.example',
      },
      '/items',
    ],
  },
  {
    name: 'a token is found elsewhere in the answer',
    source: credentials(', access_token_path: $.data.token, expires_in_path: $.data.ttl'),
    secrets: { cs: 'c' },
    api: [json({ data: { token: 'deep-token', ttl: 60 } }), ids(1)],
    requests: ['POST /token', { line: '/items', headers: { authorization: 'Bearer deep-token' } }],
  },
  {
    name: 'a token that has expired is replaced before it is used',
    source: credentials(),
    secrets: { cs: secret },
    api: tokens(1800),
    fetches: [{ requests: ['POST /token', '/items'] }, { requests: ['POST /token', '/items'] }],
  },
  {
    name: 'a token whose lifetime nobody names is kept for the default one',
    source: credentials(', default_token_expiration: PT3H'),
    secrets: { cs: secret },
    api: tokens(),
    fetches: [{ requests: ['POST /token', '/items'] }, { requests: ['/items'] }],
  },
  {
    name: 'a token that is refused early is replaced, and the request sent again',
    source: credentials(),
    secrets: { cs: secret },
    api: () => {
      let given = 0;
      return ({ path, headers }) => {
        if (path === '/token') return json({ access_token: `t${(given += 1)}`, expires_in: 9999 });
        return headers['authorization'] === 'Bearer t2' ? ids(1) : refusal(401);
      };
    },
    requests: [
      'POST /token',
      '/items',
      'POST /token',
      { line: '/items', headers: { authorization: 'Bearer t2' } },
    ],
    rows: [1],
  },
  {
    name: 'sending again with a fresh token counts in the budget too',
    source: `client: { auth: { type: oauth2_client_credentials, access_token_url: '{api}/token', client_id: me, client_secret: { secret: cs } }, api_budget: { name: one, policies: [{ limit: 1, per: PT1H, window: fixed }] } }`,
    secrets: { cs: secret },
    api: () => {
      let given = 0;
      return ({ path, headers }) => {
        if (path === '/token') return json({ access_token: `t${(given += 1)}`, expires_in: 9999 });
        return headers['authorization'] === 'Bearer t2' ? ids(1) : refusal(401);
      };
    },
    outcome: 'paused',
    requests: ['POST /token', '/items', 'POST /token'],
  },
  {
    name: 'a fresh token that is refused again fails, without a third one',
    source: credentials(),
    secrets: { cs: secret },
    api:
      () =>
      ({ path }) =>
        path === '/token' ? json({ access_token: 'another-token', expires_in: 9 }) : refusal(401, 'never'),
    outcome: /never/,
    retryable: false,
  },
  {
    name: 'a 200 that a rule calls an expired token renews it',
    source: `${credentials()}endpoint: { response_filters: [{ body: { path: $.code, equals: token_expired }, action: refresh_token }] }\n`,
    secrets: { cs: secret },
    api: () => {
      let given = 0;
      return ({ path, headers }) => {
        if (path === '/token') return json({ access_token: `t${(given += 1)}`, expires_in: 9999 });
        return headers['authorization'] === 'Bearer t2' ? ids(1) : json({ code: 'token_expired' });
      };
    },
    requests: ['POST /token', '/items', 'POST /token', '/items'],
    rows: [1],
  },
  {
    name: 'refused client credentials fail with the reason of the token server, and no secret',
    source: credentials(),
    secrets: { cs: secret },
    api: () => () => ({
      status: 401,
      json: { error: 'invalid_client', error_description: `unknown ${secret}` },
    }),
    outcome: /^(?!.*the-secret-value).*invalid_client/s,
    retryable: false,
    asked: 1,
  },
  {
    name: 'a token server that is down for a moment is asked again',
    source: credentials(),
    secrets: { cs: secret },
    api: [refusal(503), json({ access_token: 'good-token', expires_in: 60 }), ids(1)],
    requests: ['POST /token', 'POST /token', '/items'],
    rows: [1],
  },
  {
    name: 'an answer without a token fails by its path',
    source: credentials(),
    secrets: { cs: secret },
    api: [json({ token: 'x' })],
    outcome: /\$\.access_token/,
  },
  {
    name: 'a token never lands and is never logged',
    source: credentials(),
    secrets: { cs: secret },
    api:
      () =>
      ({ path }) =>
        path === '/token'
          ? json({ access_token: 'minted-token-1', expires_in: 99 })
          : json([{ id: 1, seen: 'minted-token-1' }]),
    raw: { lacks: ['minted-token-1', secret] },
    rows: [1],
  },
  {
    name: 'a refresh token is exchanged for a token',
    source: refresh(),
    secrets: { cs: 'c', rt: 'refresh-one' },
    api: tokens(3600),
    requests: [
      {
        line: 'POST /token',
        body: 'grant_type=refresh_token&refresh_token=refresh-one&client_id=me&client_secret=c',
      },
      { line: '/items', headers: { authorization: 'Bearer t1' } },
    ],
  },
  {
    name: 'a refresh token that was replaced is written back before anything else is asked',
    source: refresh(),
    secrets: { cs: 'c', rt: 'refresh-one' },
    api: tokens(1800, { refresh_token: 'refresh-two' }),
    fetches: [
      { seenSecrets: { rt: 'refresh-two' } },
      {
        requests: [{ line: 'POST /token', body: /refresh_token=refresh-two/ }, '/items'],
        seenSecrets: { rt: 'refresh-two' },
      },
    ],
  },
  {
    name: 'a refresh token without a client secret (a public client)',
    source: auth(
      `{ type: oauth2_refresh_token, access_token_url: '{api}/token', client_id: me, refresh_token: { secret: rt } }`,
    ),
    secrets: { rt: 'refresh-one' },
    api: tokens(3600),
    requests: [
      { line: 'POST /token', body: 'grant_type=refresh_token&refresh_token=refresh-one&client_id=me' },
      '/items',
    ],
  },
  {
    name: 'a token that ends in the middle of the pages is renewed, and its page asked for again',
    source: `client: { auth: { type: oauth2_client_credentials, access_token_url: '{api}/token', client_id: me, client_secret: { secret: k } } }
endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    secrets: { k: key },
    api: () => {
      let given = 0;
      return ({ path, query, headers }) => {
        if (path === '/token') return json({ access_token: `token-${(given += 1)}`, expires_in: 9999 });
        const page = Number(query.get('page'));
        if (page === 2 && headers['authorization'] === 'Bearer token-1') return refusal(401);
        return page === 3 ? ids() : ids(page);
      };
    },
    requests: [
      'POST /token',
      '/items?page=1',
      '/items?page=2',
      'POST /token',
      '/items?page=2',
      '/items?page=3',
    ],
    rows: [1, 2],
  },
  {
    name: 'many slices at once ask for one token',
    source: `client: { concurrency: 8, auth: { type: oauth2_client_credentials, access_token_url: '{api}/token', client_id: me, client_secret: { secret: k } } }
for_each: { n: { range: { from: 1, to: 20 } } }
endpoint: { params: { n: '{n}' } }`,
    secrets: { k: key },
    api:
      () =>
      ({ path, query }) =>
        path === '/token'
          ? json({ access_token: 'one-token-for-all', expires_in: 9999 })
          : ids(Number(query.get('n'))),
    asked: 21,
    rowCount: 20,
  },
];
