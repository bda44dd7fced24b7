/** Where a fetch stops cleanly, what it keeps, and where the next one goes on. */
import { envelope, ids, json, recorded, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const openMeteo = (name: string) => recorded(`open-meteo/errors/${name}`);

const later = refusal(429, 'later', { 'retry-after': '600' });

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

const sinceId = "params: { since: '{incremental.start_value}' }";

export const pauses: Row[] = [
  {
    name: '“try again in the next hour” stops the fetch cleanly, and the next one goes on',
    api: [{ ...openMeteo('429_hourly.json'), status: 429 }, ids(1)],
    fetches: [
      { outcome: 'paused', rows: [], asked: 1 },
      { rows: [1], asked: 1 },
    ],
  },
  {
    name: '“try again tomorrow” stops the fetch cleanly',
    api: [{ ...openMeteo('429_daily.json'), status: 429 }],
    outcome: 'paused',
    asked: 1,
  },
  {
    name: '“try again in the next hour” after some of it is done stops the fetch, and the next one goes on',
    source: "for_each: { city: [A, B, C] }\nendpoint: { path: '{city}' }",
    api: { '/A': ids(1), '/B': [{ ...openMeteo('429_hourly.json'), status: 429 }, ids(2)], '/C': ids(3) },
    fetches: [
      { outcome: 'paused', requests: ['/A', '/B'] },
      { requests: ['/B', '/C'], table: [1, 2, 3] },
    ],
  },
  {
    name: 'a wait longer than max_waiting_time stops the fetch; the next one goes on from that page',
    source: `client: { max_waiting_time: PT1M }
endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items`,
    api: [
      envelope([1], { next: 'a' }),
      refusal(429, 'later', { 'retry-after': '600' }),
      envelope([2], { next: 'b' }),
      envelope([3]),
    ],
    fetches: [
      { outcome: 'paused', requests: ['/items', '/items?after=a'] },
      { requests: ['/items?after=a', '/items?after=b'], table: [1, 2, 3] },
    ],
  },
  {
    name: 'a paused window keeps the elements that are done, and asks for none of them again',
    source: `client: { max_waiting_time: PT1M }
for_each: { city: [A, B, C] }
endpoint: { path: '{city}' }`,
    api: { '/A': ids(1), '/B': [refusal(429, 'later', { 'retry-after': '600' }), ids(2)], '/C': ids(3) },
    fetches: [{ outcome: 'paused' }, { table: [1, 2, 3], requests: ['/B', '/C'] }],
  },
  {
    name: 'a cursor moves only when the paused window is complete',
    source: `client: { max_waiting_time: PT1M }
endpoint: { params: { since: '{incremental.start_value}' }, paginator: { type: page_number, stop_after: empty_page } }
incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }`,
    api: [ids(5), refusal(429, 'later', { 'retry-after': '600' }), ids(3), ids()],
    fetches: [
      { outcome: 'paused', cursors: [] },
      { requests: ['/items?since=0&page=2', '/items?since=0&page=3'], cursors: [5], table: [3, 5] },
    ],
  },
  {
    name: 'pages seen before a pause still count for the guards after it',
    source: `client: { max_waiting_time: PT1M }
endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items`,
    api:
      () =>
      ({ number }) =>
        number === 2 ? refusal(429, 'later', { 'retry-after': '600' }) : envelope([number], { next: 'a' }),
    fetches: [{ outcome: 'paused' }, { outcome: /again/, rows: [] }],
  },
  {
    name: 'when the function’s time is over the fetch stops cleanly and goes on later',
    source: `endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), ids(2), ids()],
    fetches: [{ timeLeftMs: 0, outcome: /time|paused/ }, { rows: [1, 2] }],
  },
  {
    name: 'a pause among windows keeps those that are whole, and goes on at the next',
    source: `client: { max_waiting_time: PT1M }
endpoint: { params: { from: '{incremental.start_value}' } }
incremental: { initial_value: '2026-11-18', step: P1D, bounds: half_open, format: date }`,
    api: [json([{ id: 1 }]), later, json([{ id: 2 }]), json([{ id: 3 }])],
    fetches: [
      {
        requests: ['/items?from=2026-11-18', '/items?from=2026-11-19'],
        rows: [1],
        cursors: ['2026-11-19T00:00:00Z'],
      },
      {
        requests: ['/items?from=2026-11-19', '/items?from=2026-11-20'],
        table: [1, 2, 3],
        cursors: ['2026-11-21T00:00:00Z'],
      },
    ],
  },
  {
    name: 'a pause in the second page of a window goes on there, and the cursor waits',
    source: `client: { max_waiting_time: PT1M }
endpoint: { ${sinceId}, paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items
${byId}`,
    api: [envelope([9], { next: 'a' }), later, envelope([4])],
    fetches: [
      { outcome: 'paused', rows: [], cursors: [] },
      { requests: ['/items?since=0&after=a'], rows: [9, 4], cursors: [9] },
    ],
  },
  {
    name: 'a pause while the parent is read, and everything after it',
    source: `client: { max_waiting_time: PT1M }
for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops } }]`,
    api: { '/shops': [later, ids(1)], '/shops/1': ids(10) },
    fetches: [{ outcome: 'paused', rows: [] }, { table: [10] }],
  },
  {
    name: 'two pauses in one window',
    source: `client: { max_waiting_time: PT1M }
endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), later, ids(2), later, ids(3), ids()],
    fetches: [
      { outcome: 'paused', requests: ['/items?page=1', '/items?page=2'] },
      { outcome: 'paused', requests: ['/items?page=2', '/items?page=3'] },
      { requests: ['/items?page=3', '/items?page=4'], table: [1, 2, 3] },
    ],
  },
  {
    name: 'when the waits have used up the time, the fetch stops before it is ended',
    source: 'endpoint: { paginator: { type: page_number, stop_after: empty_page } }',
    api: [
      refusal(429, 'wait', { 'retry-after': '200' }),
      ids(1),
      refusal(429, 'wait', { 'retry-after': '200' }),
      ids(2),
      ids(),
    ],
    fetches: [
      {
        outcome: 'paused',
        requests: ['/items?page=1', '/items?page=1', '/items?page=2'],
        waited: { atMost: 300_000 },
      },
      { requests: ['/items?page=2', '/items?page=3'], table: [1, 2] },
    ],
  },
  {
    name: 'a resource that is fetched once is not asked for again',
    source: 'every: once',
    api: [ids(1)],
    fetches: [{ rows: [1] }, { asked: 0, rows: [], table: [1] }],
  },
  {
    name: 'a resource that is fetched once and fails is asked for again',
    source: 'client: { max_attempts: 1 }\nevery: once',
    api: [refusal(500), ids(1)],
    fetches: [{ outcome: /500/ }, { rows: [1] }],
  },
];
