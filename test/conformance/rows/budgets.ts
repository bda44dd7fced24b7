/** What an API allows: counted by the clock or within any span, by calls or by weight, shared, learnt from answers. */
import type { Answer } from '../api-server.ts';
import { ids, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const budget = (policies: string, more = '') =>
  `client: { api_budget: { name: shared, policies: [${policies}]${more} } }`;
const cities = (count: number) =>
  `for_each: { n: { range: { from: 1, to: ${count} } } }\nendpoint: { params: { n: '{n}' } }`;
const always: Record<string, Answer> = { '/items': ids(1) };

export const budgets: Row[] = [
  {
    name: 'within the limit nothing waits',
    source: `${budget('{ limit: 5, per: PT1M, window: fixed }')}\n${cities(5)}`,
    api: always,
    asked: 5,
    waited: { atMost: 0 },
  },
  {
    name: 'a fixed window waits for the next full minute',
    source: `${budget('{ limit: 2, per: PT1M, window: fixed }')}\n${cities(3)}`,
    api: always,
    asked: 3,
    waited: { atLeast: 58_000, atMost: 60_500 },
  },
  {
    name: 'a moving window waits until the first call is that long ago',
    source: `${budget('{ limit: 2, per: PT1M, window: moving }')}\n${cities(3)}`,
    api: always,
    asked: 3,
    waited: { atLeast: 59_000, atMost: 66_000 },
  },
  {
    name: 'of several limits the tightest counts',
    source: `${budget('{ limit: 100, per: PT1M, window: fixed }, { limit: 2, per: PT1H, window: fixed }')}\n${cities(3)}`,
    api: always,
    outcome: 'paused',
    asked: 2,
  },
  {
    name: 'a wait longer than max_waiting_time stops the fetch; the next hour goes on',
    source: `${budget('{ limit: 2, per: PT1H, window: fixed }')}\n${cities(3)}`,
    api: always,
    fetches: [
      { outcome: 'paused', asked: 2 },
      { asked: 1, at: '2026-11-21T11:00:05Z' },
    ],
  },
  {
    name: 'a budget outlives the fetch',
    source: budget('{ limit: 1, per: PT1H, window: fixed }'),
    api: always,
    fetches: [
      { asked: 1, at: '2026-11-21T10:05:00Z' },
      { asked: 0, at: '2026-11-21T10:20:00Z', outcome: 'paused' },
      { asked: 1, at: '2026-11-21T11:00:01Z' },
    ],
  },
  {
    name: 'requests weigh what their parameters say (Open-Meteo’s formula)',
    source: `client: { api_budget: { name: shared, policies: [{ limit: 10, per: PT1H, window: fixed }], weight: 'max(1, count(params.hourly)/10, count(params.hourly)/10 * 8/14) * slices' } }
for_each: { city: { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], group: 5, match: position } }
endpoint: { params: { city: '{city}', hourly: 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t' } }`,
    api: { '/items': { json: Array.from({ length: 5 }, () => [{ id: 1 }]) } },
    outcome: 'paused',
    asked: 1,
  },
  {
    name: 'a request that weighs more than the limit fails by name: waiting would not help',
    source: `client: { api_budget: { name: shared, policies: [{ limit: 10, per: PT1H, window: fixed }], weight: 'params.days * 2' } }
endpoint: { params: { days: 6 } }`,
    api: always,
    outcome: /12.*10|10.*12/,
    asked: 0,
  },
  {
    name: 'a weight that is no arithmetic is refused when the source is read',
    source: `client: { api_budget: { name: shared, policies: [{ limit: 10, per: PT1H, window: fixed }], weight: 'process.exit()' } }`,
    api: [],
    refused: /'process' is not known/,
  },
  {
    name: 'a backfill leaves the reserve to live fetches',
    source: `${budget('{ limit: 10, per: PT1H, window: fixed }', ', reserve: 0.5')}\n${cities(8)}`,
    kind: 'backfill',
    api: always,
    outcome: 'paused',
    asked: 5,
  },
  {
    name: 'a live fetch may use the reserve',
    source: `${budget('{ limit: 10, per: PT1H, window: fixed }', ', reserve: 0.5')}\n${cities(8)}`,
    api: always,
    asked: 8,
  },
  {
    name: 'tries count too',
    source: budget('{ limit: 2, per: PT1H, window: fixed }'),
    api: { '/items': refusal(500) },
    outcome: 'paused',
    asked: 2,
  },
  {
    name: 'each page counts',
    source: `${budget('{ limit: 2, per: PT1H, window: fixed }')}
endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), ids(2), ids()],
    fetches: [
      { outcome: 'paused', requests: ['/items?page=1', '/items?page=2'] },
      { at: '2026-11-21T11:00:01Z', requests: ['/items?page=3'], table: [1, 2] },
    ],
  },
  {
    name: 'nothing remaining in an answer stops the next request until the reset',
    source: `${budget('{ limit: 100, per: PT1H, window: fixed }', ', remaining_header: X-Left, reset_header: X-Reset')}\n${cities(2)}`,
    api: { '/items': { ...ids(1), headers: { 'x-left': '0', 'x-reset': '30' } } },
    asked: 2,
    waited: { atLeast: 30_000 },
  },
  {
    name: 'a reset told as epoch seconds is learnt',
    source: `${budget('{ limit: 100, per: PT1H, window: fixed }', ', remaining_header: X-Left, reset_header: X-Reset')}\n${cities(2)}`,
    api: { '/items': { ...ids(1), headers: { 'x-left': '0', 'x-reset': '1795255540' } } },
    asked: 2,
    waited: { atLeast: 40_000 },
  },
  {
    name: 'a rate limit that one request meets holds back the others',
    source: `${budget('{ limit: 100, per: PT1H, window: fixed }')}\n${cities(2)}`,
    api: [refusal(429, 'slow down', { 'retry-after': '20' }), ids(1), ids(2)],
    asked: 3,
    waited: { atLeast: 20_000 },
    rows: [1, 2],
  },
];
