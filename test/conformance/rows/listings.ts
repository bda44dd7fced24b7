/** Complete listings (`reconcile`): when one is due, how it asks, and what vanishes because of it. */
import { envelope, ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const daily = 'reconcile: { every: P1D, delete_missing: true }';

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

const sinceId = "params: { since: '{incremental.start_value}' }";

const later = refusal(429, 'later', { 'retry-after': '600' });

const first = '2026-11-21T10:05:00Z';
const next = '2026-11-22T10:05:00Z';

export const listings: Row[] = [
  {
    name: 'a cursor, and everything once a day: what the listing does not bring is gone',
    source: `endpoint: { ${sinceId} }\n${byId}\n${daily}`,
    api: [ids(1, 2), ids(2, 3), ids(1, 3, 4), ids(5)],
    fetches: [
      { requests: ['/items?since=0'], cursors: [2], completeFrom: '2026-11-21T10:05:00.000Z' },
      { requests: ['/items?since=2'], cursors: [3], completeFrom: null, table: [1, 2, 3] },
      {
        at: next,
        requests: ['/items?since=0'],
        rows: [1, 3, 4],
        cursors: [4],
        completeFrom: '2026-11-22T10:05:00.000Z',
        table: [1, 3, 4],
      },
      {
        at: '2026-11-22T11:05:00Z',
        requests: ['/items?since=4'],
        completeFrom: null,
        table: [1, 3, 4, 5],
      },
    ],
  },
  {
    name: 'a listing that is not due is none, to the minute',
    source: `endpoint: { ${sinceId} }\n${byId}\n${daily}`,
    api: [ids(1), ids(), ids(1)],
    fetches: [
      { at: first, completeFrom: '2026-11-21T10:05:00.000Z' },
      { at: '2026-11-22T10:03:59Z', requests: ['/items?since=1'], completeFrom: null },
      // Scheduled times stray by some seconds.
      { at: '2026-11-22T10:04:01Z', requests: ['/items?since=0'], completeFrom: '2026-11-22T10:04:01.000Z' },
    ],
  },
  {
    name: 'the cursor does not go back when its own record is gone',
    source: `endpoint: { ${sinceId} }\n${byId}\n${daily}`,
    api: [ids(1, 9), ids(1, 4), ids(10)],
    fetches: [
      { cursors: [9] },
      { at: next, requests: ['/items?since=0'], cursors: [9], table: [1, 4] },
      { at: '2026-11-22T11:05:00Z', requests: ['/items?since=9'], cursors: [10], table: [1, 4, 10] },
    ],
  },
  {
    name: 'without delete_missing a listing brings what was missed, and nothing goes',
    source: `endpoint: { ${sinceId} }\n${byId}\nreconcile: { every: P1D, delete_missing: false }`,
    api: [ids(2), ids(1), ids(3)],
    fetches: [
      { completeFrom: null },
      { at: next, requests: ['/items?since=0'], completeFrom: null, table: [1, 2], cursors: [2] },
      { at: '2026-11-22T11:05:00Z', requests: ['/items?since=2'], table: [1, 2, 3] },
    ],
  },
  {
    name: 'a listing pauses, and goes on as one: from the page where it stopped, by the time at which it began',
    source: `client: { max_waiting_time: PT1M }
endpoint: { ${sinceId}, paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items
${byId}
${daily}`,
    api: [envelope([1, 2, 3]), envelope([1], { next: 'a' }), later, envelope([3]), envelope([4])],
    fetches: [
      { table: [1, 2, 3], cursors: [3] },
      {
        at: next,
        outcome: 'paused',
        requests: ['/items?since=0', '/items?since=0&after=a'],
        completeFrom: null,
        table: [1, 2, 3],
        cursors: [3],
      },
      {
        at: '2026-11-22T11:05:00Z',
        requests: ['/items?since=0&after=a'],
        completeFrom: '2026-11-22T10:05:00.000Z',
        table: [1, 3],
        cursors: [3],
      },
      { at: '2026-11-22T12:05:00Z', requests: ['/items?since=3'], completeFrom: null, table: [1, 3, 4] },
    ],
  },
  {
    name: 'a listing that pauses among its elements commits none of them, and asks for all that are left',
    source: `client: { max_waiting_time: PT1M }
for_each: { shop: [A, B, C] }
endpoint: { path: '{shop}', ${sinceId}, paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items
${byId}
${daily}`,
    api: {
      '/A': [envelope([10, 11]), envelope([10])],
      '/B': [envelope([20]), envelope([20], { next: 'b' }), later, envelope([21])],
      '/C': [envelope([30]), envelope([30])],
    },
    fetches: [
      { table: [10, 11, 20, 30] },
      {
        at: next,
        outcome: 'paused',
        requests: ['/A?since=0', '/B?since=0', '/B?since=0&after=b'],
        rows: [],
      },
      {
        at: '2026-11-22T11:05:00Z',
        requests: ['/B?since=0&after=b', '/C?since=0'],
        completeFrom: '2026-11-22T10:05:00.000Z',
        table: [10, 20, 21, 30],
      },
    ],
  },
  {
    name: 'an element that is left out spoils the listing: nothing goes, and a tenth of its time later it is tried again',
    source: `for_each: { shop: [A, B] }
on_slice_error: skip_and_report
endpoint: { path: '{shop}' }
${daily}`,
    api: { '/A': [ids(1, 2), ids(1), ids(1), ids(1)], '/B': [ids(3), refusal(404), ids(3), ids(3)] },
    fetches: [
      { table: [1, 2, 3] },
      {
        at: next,
        skipped: [{ slice: { shop: 'B' }, error: /404/ }],
        completeFrom: null,
        table: [1, 2, 3],
      },
      { at: '2026-11-22T11:05:00Z', requests: ['/A', '/B'], completeFrom: null, table: [1, 2, 3] },
      {
        at: '2026-11-22T12:29:00Z',
        requests: ['/A', '/B'],
        completeFrom: '2026-11-22T12:29:00.000Z',
        table: [1, 3],
      },
    ],
  },
  {
    name: 'a listing asks as if for the first time: no validator is sent, nothing counts as fresh',
    source: `endpoint: { conditional: true }\n${daily}`,
    api: [
      { ...ids(1, 2), headers: { etag: '"v1"' } },
      { status: 304 },
      { ...ids(2), headers: { etag: '"v1"', 'cache-control': 'max-age=7200' } },
      { ...ids(2), headers: { etag: '"v1"' } },
    ],
    fetches: [
      { requests: [{ line: '/items', headers: { 'if-none-match': null } }] },
      {
        requests: [{ line: '/items', headers: { 'if-none-match': '"v1"' } }],
        unchanged: 1,
        completeFrom: null,
        table: [1, 2],
      },
      {
        at: next,
        requests: [{ line: '/items', headers: { 'if-none-match': null } }],
        unchanged: 0,
        table: [2],
      },
      { at: '2026-11-22T11:05:00Z', asked: 0, unchanged: 1, completeFrom: null },
      {
        at: '2026-11-23T10:05:00Z',
        requests: [{ line: '/items', headers: { 'if-none-match': null } }],
        unchanged: 0,
      },
    ],
  },
  {
    name: 'what is fetched once is fetched again when a listing is due',
    source: `every: once\n${daily}`,
    api: [ids(1, 2), ids(2)],
    fetches: [
      { table: [1, 2], completeFrom: '2026-11-21T10:05:00.000Z' },
      { asked: 0, completeFrom: null },
      { at: next, asked: 1, completeFrom: '2026-11-22T10:05:00.000Z', table: [2] },
      { at: '2026-11-22T11:05:00Z', asked: 0, table: [2] },
    ],
  },
  {
    name: 'a listing that fails is tried again at the next fetch, from the beginning',
    source: `client: { max_attempts: 1 }\nendpoint: { ${sinceId} }\n${byId}\n${daily}`,
    api: [ids(1, 2), refusal(500), ids(2), ids()],
    fetches: [
      { cursors: [2] },
      { at: next, outcome: /500/, requests: ['/items?since=0'], cursors: [2], table: [1, 2] },
      {
        at: '2026-11-22T11:05:00Z',
        requests: ['/items?since=0'],
        completeFrom: '2026-11-22T11:05:00.000Z',
        table: [2],
      },
      { at: '2026-11-22T12:05:00Z', requests: ['/items?since=2'], completeFrom: null },
    ],
  },
  {
    name: 'a listing asks its parent from the beginning too; both cursors stay where they were, or go on',
    source: `for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
${daily}
resources: [{ name: shops, endpoint: { path: shops, ${sinceId} }, ${byId} }]`,
    api: {
      '/shops': [ids(1, 2), ids(3), ids(1, 2), ids()],
      '/shops/1': [ids(10, 11), ids(10)],
      '/shops/2': ids(20),
      '/shops/3': ids(30),
    },
    fetches: [
      { requests: ['/shops?since=0', '/shops/1', '/shops/2'], cursors: [2] },
      { requests: ['/shops?since=2', '/shops/3'], completeFrom: null, table: [10, 11, 20, 30], cursors: [3] },
      {
        at: next,
        requests: ['/shops?since=0', '/shops/1', '/shops/2'],
        completeFrom: '2026-11-22T10:05:00.000Z',
        table: [10, 20],
        cursors: [3],
      },
      { at: '2026-11-22T11:05:00Z', requests: ['/shops?since=3'], completeFrom: null },
    ],
  },
  {
    name: 'a parent that left an element out spoils the listing of its children',
    source: `for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
${daily}
resources: [{ name: shops, for_each: { land: [de, fr] }, on_slice_error: skip_and_report, endpoint: { path: 'shops-{land}' } }]`,
    api: {
      '/shops-de': ids(1),
      '/shops-fr': [ids(2), refusal(404), ids(2)],
      '/shops/1': ids(10),
      '/shops/2': ids(20),
    },
    fetches: [
      { table: [10, 20] },
      { at: next, requests: ['/shops-de', '/shops-fr', '/shops/1'], completeFrom: null, table: [10, 20] },
      { at: '2026-11-22T12:29:00Z', completeFrom: '2026-11-22T12:29:00.000Z', table: [10, 20] },
    ],
  },
  {
    name: 'records that change while they are listed are listed: the window has no end, the cursor does',
    source: `columns: { id: bigint, at: timestamp }
incremental: { cursor_path: $.at, initial_value: '2026-11-01', client_side: true, row_order: asc }
endpoint: { paginator: { type: page_number, stop_after: empty_page } }
${daily}`,
    api: [
      json([{ id: 1, at: '2026-11-20T00:00:00Z' }]),
      json([{ id: 2, at: '2026-11-21T09:00:00Z' }]),
      json([]),
      json([{ id: 1, at: '2026-11-22T10:05:30Z' }]),
      json([{ id: 2, at: '2026-11-22T10:05:31Z' }]),
      json([]),
    ],
    fetches: [
      { table: [1, 2], cursors: ['2026-11-21T09:00:00Z'] },
      { at: next, asked: 3, rows: [1, 2], table: [1, 2], cursors: [next] },
    ],
  },
  {
    name: 'a feed goes on beside the list of its table: what it has brought since the list began stays',
    source: `every: once
columns: { id: bigint, at: timestamp }
order_by: at
${daily}
resources:
  - name: events
    table_name: items
    endpoint: { path: events, params: { since: '{incremental.start_value}' } }
    incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }
    columns: { id: bigint, at: timestamp }
    order_by: at`,
    api: {
      '/items': [
        json([
          { id: 1, at: '2026-11-01T00:00:00Z' },
          { id: 2, at: '2026-11-02T00:00:00Z' },
        ]),
        json([{ id: 2, at: '2026-11-02T00:00:00Z' }]),
      ],
      '/events': [
        json([{ id: 3, at: '2026-11-03T00:00:00Z' }]),
        json([{ id: 4, at: '2026-11-04T00:00:00Z' }]),
      ],
    },
    fetches: [
      { table: [1, 2] },
      { resource: 'events', completeFrom: null, table: [1, 2, 3] },
      { at: next, completeFrom: '2026-11-22T10:05:00.000Z', table: [2] },
      { at: '2026-11-22T10:06:00Z', resource: 'events', completeFrom: null, table: [2, 4] },
    ],
  },
  {
    name: 'an empty listing, or one with rows in quarantine, empties no table',
    source: daily,
    api: [ids(1, 2), ids(), ids(1, 'x'), ids(2)],
    fetches: [
      { table: [1, 2] },
      { at: next, rows: [], completeFrom: '2026-11-22T10:05:00.000Z', table: [1, 2] },
      { at: '2026-11-23T10:05:00Z', rejects: ['cast'], table: [1, 2] },
      { at: '2026-11-24T10:05:00Z', table: [2] },
    ],
  },
  {
    name: 'reconcile without a primary_key is refused',
    source: `primary_key: null\n${daily}`,
    api: [],
    refused: /which stored rows does a listing bring again\? Add a primary_key/,
  },
  {
    name: 'reconcile of windows by step is refused: a listing is one window',
    source: `endpoint: { params: { from: '{incremental.start_value}' } }
incremental: { initial_value: '2026-11-18', step: P1D, bounds: half_open, format: date }
${daily}`,
    api: [],
    refused: /reconcile lists everything in one window/,
  },
  {
    name: 'two resources of one table cannot both reconcile it',
    source: `${daily}
order_by: id
resources: [{ name: more, table_name: items, order_by: id, endpoint: { path: more }, ${daily} }]`,
    api: [],
    refused: /'items' and 'more' feed one table, items, and both reconcile it/,
  },
];
