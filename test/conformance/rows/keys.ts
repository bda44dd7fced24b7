/** Who asks, with a key, a password or a signature: put where it belongs, and seen nowhere else. */
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const auth = (text: string, more = '') => `client: { auth: ${text} }\n${more}`;

const secret = 'the-secret-value';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

export const keys: Row[] = [
  {
    name: 'a key goes into a header',
    source: auth('{ type: api_key, name: X-Api-Key, api_key: { secret: k } }'),
    secrets: { k: secret },
    api: [ids(1)],
    requests: [{ line: '/items', headers: { 'x-api-key': secret } }],
  },
  {
    name: 'a key goes into the query, and into no raw object',
    source: auth('{ type: api_key, name: key, location: query, api_key: { secret: k } }'),
    secrets: { k: secret },
    api: [ids(1)],
    requests: [`/items?key=${secret}`],
    raw: { has: ['/items'], lacks: [secret] },
  },
  {
    name: 'a bearer token goes into Authorization',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: secret },
    api: [ids(1)],
    requests: [{ line: '/items', headers: { authorization: `Bearer ${secret}` } }],
  },
  {
    name: 'a key is read from Secrets Manager too',
    source: auth('{ type: bearer, token: { secret: k, store: secrets-manager } }'),
    secrets: { k: secret },
    api: [ids(1)],
    requests: [{ line: '/items', headers: { authorization: `Bearer ${secret}` } }],
  },
  {
    name: 'user name and password go as Basic',
    source: auth('{ type: http_basic, username: me, password: { secret: pw } }'),
    secrets: { pw: 'pass:wörd' },
    api: [ids(1)],
    requests: [{ line: '/items', headers: { authorization: basic('me:pass:wörd') } }],
  },
  {
    name: 'a secret key as user name without a password (Stripe)',
    source: auth('{ type: http_basic, username: { secret: k } }'),
    secrets: { k: 'sk_test_4242424242' },
    api: [ids(1)],
    requests: [{ line: '/items', headers: { authorization: basic('sk_test_4242424242:') } }],
  },
  {
    name: 'a key that is refused is read anew, once, and used when it has changed',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: 'old-token-value', 'k then': 'new-token-value' },
    api:
      () =>
      ({ headers }) =>
        headers['authorization'] === 'Bearer new-token-value' ? ids(1) : refusal(401),
    asked: 2,
    rows: [1],
  },
  {
    name: 'a key that is refused and has not changed fails at once',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: secret },
    api: { '/items': refusal(401, `bad token ${secret}`) },
    outcome: /401/,
    retryable: false,
    asked: 1,
  },
  {
    name: 'a refused key stands in no error',
    source: auth('{ type: api_key, name: key, location: query, api_key: { secret: k } }'),
    secrets: { k: secret },
    api: { '/items': refusal(401, `key ${secret} is not known`) },
    outcome: /^(?!.*the-secret-value).*401/s,
  },
  {
    name: 'a key that the API repeats in its answer lands masked',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: secret },
    api: [json([{ id: 1, echo: `Bearer ${secret}` }])],
    rows: [1],
    raw: { lacks: [secret] },
  },
  {
    name: 'requests are signed for AWS, with the session token of the role',
    source: auth('{ type: aws_sigv4, service: execute-api, region: eu-central-1 }'),
    api: [ids(1)],
    requests: [
      {
        line: '/items',
        headers: {
          authorization:
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/eu-central-1\/execute-api\/aws4_request, ?SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, ?Signature=[0-9a-f]{64}$/,
          'x-amz-date': /^20261121T100500Z$/,
          'x-amz-security-token': 'session-of-the-role',
        },
      },
    ],
  },
  {
    name: 'each page is signed anew, its query too',
    source: `${auth('{ type: aws_sigv4, service: es, region: eu-central-1 }')}endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), ids()],
    requests: [
      { line: '/items?page=1', headers: { authorization: /Signature=/ } },
      { line: '/items?page=2', headers: { authorization: /Signature=/ } },
    ],
  },
  {
    name: 'a redirect on the same host keeps the key',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: secret },
    api: { '/items': { status: 302, headers: { location: '/moved' } }, '/moved': ids(1) },
    requests: ['/items', { line: '/moved', headers: { authorization: `Bearer ${secret}` } }],
    rows: [1],
  },
  {
    name: 'a redirect to another host is refused, and no key goes there',
    source: auth('{ type: bearer, token: { secret: k } }'),
    secrets: { k: secret },
    api: [{ status: 302, headers: { location: '{stranger}/items' } }],
    outcome: /redirect/,
    retryable: false,
    asked: 1,
  },
  {
    name: 'a missing secret fails by its name before anything is sent',
    source: auth('{ type: bearer, token: { secret: nowhere } }'),
    api: [],
    outcome: /nowhere/,
    asked: 0,
  },
  {
    name: 'a password in the source itself is refused',
    source: auth('{ type: http_basic, username: me, password: hunter2 }'),
    api: [],
    refused: /a secret is named here, never written/,
  },
];
