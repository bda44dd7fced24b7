/** Answers that no documentation mentions. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Answer } from '../api-server.ts';
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const text = (body: string, headers: Record<string, string> = {}): Answer => ({
  text: body,
  headers: { 'content-type': 'application/json', ...headers },
});
const bytes = (body: Buffer, encoding: string): Answer => ({
  bytes: body,
  headers: { 'content-type': 'application/json', 'content-encoding': encoding },
});
const list = Buffer.from('[{"id":1},{"id":2}]');
const names = 'columns: { id: bigint, name: string }';
const once = 'client: { max_attempts: 1 }';

export const oddAnswers: Row[] = [
  {
    name: 'deflate without its header',
    api: [bytes(deflateRawSync(list), 'deflate')],
    rows: [1, 2],
  },
  {
    name: 'two encodings, one upon the other',
    api: [bytes(gzipSync(gzipSync(list)), 'gzip, gzip')],
    rows: [1, 2],
  },
  {
    name: 'an encoding that nobody knows fails by its name',
    source: once,
    api: [bytes(list, 'compress')],
    outcome: /compress/,
    rows: [],
  },
  {
    name: 'Content-Encoding that says gzip of what is not',
    source: once,
    api: [bytes(list, 'gzip')],
    outcome: /gzip|header/i,
    rows: [],
  },
  {
    name: 'a Retry-After of years stops the fetch, it does not overflow',
    api: [refusal(429, 'no', { 'retry-after': '99999999999' })],
    outcome: 'paused',
    asked: 1,
  },
  {
    name: 'a Retry-After that says nothing is waited for as any rate limit',
    api: [refusal(429, 'no', { 'retry-after': 'soon' }), ids(1)],
    waited: { atLeast: 250 },
    rows: [1],
  },
  {
    name: 'a Retry-After in the past is no reason not to wait at all',
    api: [refusal(429, 'no', { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }), ids(1)],
    waited: { atLeast: 250 },
    rows: [1],
  },
  {
    name: 'a reset in epoch milliseconds is recognised',
    api: [refusal(429, 'no', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795255560000' }), ids(1)],
    waited: { atLeast: 60_000, atMost: 120_000 },
    rows: [1],
  },
  {
    name: 'a list that stands twice in a body is not read as one of the two',
    source: `${once}\ndata_selector: $.items`,
    api: [text('{"items":[{"id":1}],"items":[{"id":2},{"id":3}]}')],
    outcome: /twice|two|second|again/,
    rows: [],
  },
  {
    name: 'a body nested a hundred thousand levels deep breaks nothing',
    api: [text(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    rows: [],
    rejects: ['key_null'],
  },
  {
    name: 'a NUL in a text does not take its page away',
    source: names,
    api: [text(String.raw`[{"id":1,"name":"a\u0000b"},{"id":2,"name":"c"}]`)],
    rowCount: 2,
  },
  {
    name: 'half a surrogate pair does not take its page away',
    source: names,
    api: [text(String.raw`[{"id":1,"name":"a\ud800b"},{"id":2,"name":"c"}]`)],
    rowCount: 2,
  },
  {
    name: 'names that are empty, or have quotes and backslashes, are kept',
    api: [text(String.raw`[{"id":1,"":2,"a\"b":3,"c\\d":4}]`)],
    rows: [{ id: 1, _extra: String.raw`{"":2,"a\"b":3,"c\\d":4}` }],
  },
  {
    name: 'a text of a megabyte is one value',
    source: names,
    api: [json([{ id: 1, name: 'x'.repeat(1_000_000) }])],
    rows: [1],
  },
  {
    name: 'line separators of JavaScript are text',
    source: names,
    api: [json([{ id: 1, name: 'a\u2028b\u2029c\u0085d' }])],
    rows: [{ name: 'a\u2028b\u2029c\u0085d' }],
  },
  {
    name: 'a parent’s value that would lead out of the base is refused, and nothing is sent there',
    source: `client: { base_url: '{api}/v1/' }
for_each: { shop: { resource: shops } }
endpoint: { path: '{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops }, columns: { id: string } }]`,
    api: { '/v1/shops': json([{ id: '..' }]), '/': ids(666) },
    outcome: /outside/,
    asked: 1,
    rows: [],
  },
  {
    name: 'a parent’s value with a slash stays one step of the path',
    source: `for_each: { shop: { resource: shops } }
endpoint: { path: 'of/{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops }, columns: { id: string } }]`,
    api:
      () =>
      ({ path }) =>
        path === '/shops' ? json([{ id: '../admin?x=1#y' }]) : ids(1),
    requests: ['/shops', /^\/of\/\.\.%2Fadmin%3Fx%3D1%23y$/],
  },
  {
    name: 'a cursor with more digits than a number holds fails instead of skipping records',
    source: `endpoint: { params: { since: '{incremental.start_value}' } }
incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }`,
    api: [text('[{"id":9007199254740993}]')],
    outcome: /rely|digits|cursor/,
    rows: [],
  },
  {
    name: 'a first window that lies in the future asks for nothing',
    source: `endpoint: { params: { from: '{incremental.start_value}' } }
incremental: { initial_value: '2030-01-01', step: P1D, bounds: half_open, format: date }`,
    api: [],
    asked: 0,
    rows: [],
    cursors: [],
  },
  {
    name: 'a redirect within the host keeps the query',
    source: 'endpoint: { params: { q: a b } }',
    api:
      () =>
      ({ path, query }) =>
        path === '/items'
          ? { status: 301, headers: { location: `/new?q=${query.get('q')?.replace(' ', '+')}` } }
          : ids(1),
    requests: ['/items?q=a b', '/new?q=a b'],
    rows: [1],
  },
  {
    name: 'a redirect of a POST that would lose its body is refused',
    source: 'endpoint: { method: POST, json: { a: 1 } }',
    api: [{ status: 303, headers: { location: '/new' } }],
    outcome: /redirect of a POST/,
    asked: 1,
  },
  {
    name: 'eight requests at once spend no more than the budget has',
    source: `client: { concurrency: 8, api_budget: { name: shared, policies: [{ limit: 5, per: PT1H, window: fixed }] } }
for_each: { n: { range: { from: 1, to: 12 } } }
endpoint: { params: { n: '{n}' } }`,
    api:
      () =>
      ({ query }) =>
        ids(Number(query.get('n'))),
    fetches: [
      { outcome: 'paused', asked: 5 },
      { outcome: 'paused', asked: 5, at: '2026-11-21T11:05:00Z' },
      { asked: 2, at: '2026-11-21T12:05:00Z', table: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
    ],
  },
  {
    name: 'children of a parent that are refused are left out and reported, the others land',
    source: `on_slice_error: skip_and_report
for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops } }]`,
    api: { '/shops': ids(1, 2), '/shops/1': refusal(404, 'closed'), '/shops/2': ids(20) },
    rows: [20],
    skipped: [{ slice: { shop: { id: 1 } }, error: /closed/ }],
  },
  {
    name: 'an API that cannot filter, with parallel lists: older hours are left out',
    source: `shape: columns
columns: { time: bigint, t: double }
primary_key: time
incremental: { cursor_path: $.time, cursor_type: number, initial_value: 2, client_side: true }`,
    api: [json({ time: [1, 2, 3], t: [10, 20, 30] })],
    rows: [{ time: 2 }, { time: 3 }],
    cursors: [3],
  },
];
