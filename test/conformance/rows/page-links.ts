/** Pages that name the address of the next one, in a header or in the body; never another host. */
import { envelope, ids, linked } from '../answers.ts';
import type { Row } from '../row.ts';

const nextLink = (more = '') =>
  `{ endpoint: { paginator: { type: json_link, next_url_path: $.next${more} } }, data_selector: $.items }`;

const headerLink = `endpoint: { paginator: header_link }`;

export const pageLinks: Row[] = [
  {
    name: 'no Link header is a single page',
    source: headerLink,
    api: [ids(1)],
    requests: ['/items'],
    rows: [1],
  },
  {
    name: 'the Link header is followed to its end',
    source: headerLink,
    api: [
      linked(ids(1), '<{api}/items?page=2>; rel="next"'),
      linked(ids(2), '<{api}/items?page=1>; rel="prev"'),
    ],
    requests: ['/items', '/items?page=2'],
    rows: [1, 2],
  },
  {
    name: 'next is found among other relations, in any order, case and quoting',
    source: headerLink,
    api: [
      linked(ids(1), '<{api}/items?page=9>; rel="last", <{api}/items?page=2>; title="a, b; c"; REL=Next'),
      linked(ids(2), `<{api}/items?page=3>; rel="first next"`),
      linked(ids(3), '<{api}/items?page=1>; rel=first'),
    ],
    requests: ['/items', '/items?page=2', '/items?page=3'],
    rows: [1, 2, 3],
  },
  {
    name: 'a URL with a comma in the Link header is one URL',
    source: headerLink,
    api: [linked(ids(1), '<{api}/items?fields=a,b&page=2>; rel="next"'), ids(2)],
    requests: ['/items', '/items?fields=a,b&page=2'],
  },
  {
    name: 'a relative Link is resolved',
    source: headerLink,
    api: [linked(ids(1), '</other/items?page=2>; rel="next"'), ids(2)],
    requests: ['/items', '/other/items?page=2'],
  },
  {
    name: 'another relation may be the next page',
    source: `endpoint: { paginator: { type: header_link, rel: older } }`,
    api: [linked(ids(1), '<{api}/items?before=1>; rel="older", <{api}/x>; rel="next"'), ids(2)],
    requests: ['/items', '/items?before=1'],
  },
  {
    name: 'a Link to another host is refused, and no key goes there',
    source: `client: { base_url: '{api}/', auth: { type: bearer, token: { secret: token } } }
endpoint: { paginator: header_link }`,
    secrets: { token: 's3cr3t-token' },
    api: [linked(ids(1), '<{stranger}/items?page=2>; rel="next"')],
    outcome: /127\.0\.0\.1:\d+.*(?:host|origin)|(?:host|origin).*127\.0\.0\.1:\d+/,
    retryable: false,
    asked: 1,
    rows: [],
  },
  {
    name: 'a Link to another scheme of the same host is refused',
    source: headerLink,
    api:
      () =>
      ({ headers }) =>
        linked(ids(1), `<https://${headers['host']}/items?page=2>; rel="next"`),
    outcome: /https/,
    retryable: false,
    asked: 1,
    rows: [],
  },
  {
    name: 'a Link back to the first page fails as a loop',
    source: headerLink,
    api:
      () =>
      ({ number }) =>
        linked(ids(number), `<{api}/items?page=${(number % 2) + 1}>; rel="next"`),
    outcome: /same|repeat|again/i,
    rows: [],
  },
  {
    name: 'an absolute URL in the body is followed until it is null (PokeAPI)',
    source: nextLink(),
    api: [envelope([1], { next: '{api}/items?offset=1&limit=1' }), envelope([2], { next: null })],
    requests: ['/items', '/items?offset=1&limit=1'],
    rows: [1, 2],
  },
  {
    name: 'a URL that is only a query continues the last one',
    source: nextLink(),
    api: [envelope([1], { next: '?page=2' }), envelope([2])],
    requests: ['/items', '/items?page=2'],
  },
  {
    name: 'a path from the root is resolved against the host',
    source: `{ client: { base_url: '{api}/v2/', concurrency: 1 }, endpoint: { paginator: { type: json_link, next_url_path: $.next } }, data_selector: $.items }`,
    api: [envelope([1], { next: '/v2/items?page=2' }), envelope([2])],
    requests: ['/v2/items', '/v2/items?page=2'],
  },
  {
    name: 'the next URL may change its path on the same host',
    source: nextLink(),
    api: [envelope([1], { next: '{api}/repositories/1000/items?page=2' }), envelope([2])],
    requests: ['/items', '/repositories/1000/items?page=2'],
  },
  {
    name: 'the key is added again to a next URL that lacks it',
    source: `client: { auth: { type: api_key, name: key, location: query, api_key: { secret: k } } }
endpoint: { paginator: { type: json_link, next_url_path: $.next } }
data_selector: $.items`,
    secrets: { k: 'a-long-secret-key' },
    api: [envelope([1], { next: '{api}/items?page=2' }), envelope([2])],
    requests: ['/items?key=a-long-secret-key', '/items?page=2&key=a-long-secret-key'],
    raw: { lacks: ['a-long-secret-key'] },
  },
  {
    name: 'a key that comes back in the next URL is sent once and lands masked',
    source: `client: { auth: { type: api_key, name: key, location: query, api_key: { secret: k } } }
endpoint: { paginator: { type: json_link, next_url_path: $.next } }
data_selector: $.items`,
    secrets: { k: 'a-long-secret-key' },
    api: [envelope([1], { next: '{api}/items?page=2&key=a-long-secret-key' }), envelope([2])],
    requests: ['/items?key=a-long-secret-key', '/items?page=2&key=a-long-secret-key'],
    raw: { lacks: ['a-long-secret-key'] },
  },
  {
    name: 'a next URL on another host is refused',
    source: nextLink(),
    api: [envelope([1], { next: '{stranger}/items?page=2' })],
    outcome: /host|origin/,
    asked: 1,
    rows: [],
  },
  {
    name: 'a next URL of two slashes is another host',
    source: nextLink(),
    api: () => () => envelope([1], { next: '//elsewhere.example/items' }),
    outcome: /elsewhere\.example/,
    asked: 1,
    rows: [],
  },
  {
    name: 'a next URL that was asked for already fails',
    source: nextLink(),
    api:
      () =>
      ({ number }) =>
        envelope([number], { next: '{api}/items?page=2' }),
    outcome: /same|repeat|again/i,
    asked: 2,
    rows: [],
  },
  {
    name: 'a next URL that is no text fails by name',
    source: nextLink(),
    api: [envelope([1], { next: { page: 2 } })],
    outcome: /\$\.next/,
    rows: [],
  },
  {
    name: 'a next URL is followed on, with the headers of the endpoint',
    source: `{ endpoint: { headers: { X-Tenant: blue }, paginator: { type: json_link, next_url_path: $.next } }, data_selector: $.items }`,
    api: [envelope([1], { next: '?page=2' }), envelope([2])],
    requests: [
      { line: '/items', headers: { 'x-tenant': 'blue' } },
      { line: '/items?page=2', headers: { 'x-tenant': 'blue' } },
    ],
  },
];
