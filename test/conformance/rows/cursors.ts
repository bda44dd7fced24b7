/** What is new, by the greatest value seen: ties, order, late rows, filters of our own. */
import { json, refusal } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const columns = 'columns: { id: bigint, at: timestamp }';

const from = "'2026-11-01T00:00:00Z'";

/** Records with an id and a time, from texts such as `7 2026-11-20T10:00:00Z`. */
function events(...texts: string[]): Answer {
  return json(texts.map((text) => ({ id: Number(text.split(' ')[0]), at: text.split(' ')[1] })));
}

/** One window from the cursor to now; `since` says where it begins. */
const since = (more = '') => `endpoint: { params: { since: '{incremental.start_value}' } }
${columns}
incremental: { cursor_path: $.at, initial_value: ${from}${more} }`;

export const cursors: Row[] = [
  {
    name: 'the first window begins at the initial value, the next at the newest record',
    source: since(),
    api: [events('1 2026-11-20T10:00:00Z', '2 2026-11-21T09:30:00Z'), events('2 2026-11-21T09:30:00Z')],
    fetches: [
      { requests: ['/items?since=2026-11-01T00:00:00Z'], cursors: ['2026-11-21T09:30:00Z'] },
      { requests: ['/items?since=2026-11-21T09:30:00Z'], cursors: ['2026-11-21T09:30:00Z'], table: [1, 2] },
    ],
  },
  {
    name: 'the newest record counts, not the last one',
    source: since(),
    api: [events('1 2026-11-20T10:00:00Z', '2 2026-11-21T09:30:00Z', '3 2026-11-02T00:00:00Z')],
    cursors: ['2026-11-21T09:30:00Z'],
  },
  {
    name: 'times with offsets are compared as times, not as texts',
    source: since(),
    api: [events('1 2026-11-21T09:00:00+02:00', '2 2026-11-21T08:00:00Z')],
    cursors: ['2026-11-21T08:00:00Z'],
  },
  {
    name: 'a window without records leaves the cursor where it is',
    source: since(),
    api: [events('1 2026-11-20T10:00:00Z'), events(), events()],
    fetches: [
      { cursors: ['2026-11-20T10:00:00Z'] },
      { cursors: ['2026-11-20T10:00:00Z'], requests: ['/items?since=2026-11-20T10:00:00Z'] },
      { cursors: ['2026-11-20T10:00:00Z'], requests: ['/items?since=2026-11-20T10:00:00Z'] },
    ],
  },
  {
    name: 'records as old as the cursor come again and are stored once: ties are not lost',
    source: since(),
    api: [events('1 2026-11-20T10:00:00Z'), events('1 2026-11-20T10:00:00Z', '2 2026-11-20T10:00:00Z')],
    fetches: [{ table: [1] }, { requests: ['/items?since=2026-11-20T10:00:00Z'], table: [1, 2] }],
  },
  {
    name: 'the cursor does not move when a page of the window fails',
    source: `client: { max_attempts: 1 }
endpoint: { params: { since: '{incremental.start_value}' }, paginator: { type: page_number, stop_after: empty_page } }
${columns}
incremental: { cursor_path: $.at, initial_value: ${from} }`,
    api: [events('1 2026-11-20T10:00:00Z'), refusal(500), events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [
      { outcome: /500/, rows: [], cursors: [] },
      {
        requests: ['/items?since=2026-11-01T00:00:00Z&page=1', '/items?since=2026-11-01T00:00:00Z&page=2'],
        cursors: ['2026-11-20T10:00:00Z'],
        rows: [1],
      },
    ],
  },
  {
    name: 'newest first: a run cut short does not take the newest record as done',
    source: `client: { max_attempts: 1 }
endpoint: { params: { since: '{incremental.start_value}' }, paginator: { type: page_number, stop_after: empty_page } }
${columns}
incremental: { cursor_path: $.at, initial_value: ${from}, row_order: desc }`,
    api: [events('9 2026-11-21T09:00:00Z'), refusal(502)],
    outcome: /502/,
    cursors: [],
    rows: [],
  },
  {
    name: 'newest first: pages end at the first one that lies before the window',
    source: `endpoint: { paginator: { type: page_number, stop_after: empty_page } }
${columns}
incremental: { cursor_path: $.at, initial_value: '2026-11-20T00:00:00Z', row_order: desc, client_side: true }`,
    api: [
      events('9 2026-11-21T09:00:00Z', '8 2026-11-20T12:00:00Z'),
      events('7 2026-11-20T01:00:00Z', '6 2026-11-19T23:00:00Z'),
      events('5 2026-11-18T00:00:00Z'),
    ],
    requests: ['/items?page=1', '/items?page=2'],
    rows: [9, 8, 7],
    cursors: ['2026-11-21T09:00:00Z'],
  },
  {
    name: 'an API that cannot filter: older records are left out here',
    source: `${columns}
incremental: { cursor_path: $.at, initial_value: '2026-11-20T00:00:00Z', client_side: true }`,
    api: [
      events('1 2026-11-19T00:00:00Z', '2 2026-11-20T00:00:00Z', '3 2026-11-20T05:00:00Z'),
      events(
        '1 2026-11-19T00:00:00Z',
        '2 2026-11-20T00:00:00Z',
        '3 2026-11-20T05:00:00Z',
        '4 2026-11-21T10:30:00Z',
      ),
    ],
    fetches: [
      { rows: [2, 3], cursors: ['2026-11-20T05:00:00Z'] },
      { rows: [3, 4], cursors: ['2026-11-21T10:30:00Z'] },
    ],
  },
  {
    name: 'lookback_window begins each window before the cursor',
    source: since(', lookback_window: PT2H'),
    api: [events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [{}, { requests: ['/items?since=2026-11-20T08:00:00Z'], cursors: ['2026-11-20T10:00:00Z'] }],
  },
  {
    name: 'lookback never begins before the initial value',
    source: since(', lookback_window: P90D'),
    api: [events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [{}, { requests: ['/items?since=2026-11-01T00:00:00Z'] }],
  },
  {
    name: 'lookback of the calendar goes back by months',
    source: since(', lookback_window: P1M').replace('2026-11-01', '2026-01-01'),
    api: [events('1 2026-03-31T10:00:00Z'), events()],
    fetches: [{}, { requests: ['/items?since=2026-02-28T10:00:00Z'] }],
  },
  {
    name: 'lookback over rows already stored changes nothing but what changed',
    source: since(', lookback_window: P1D'),
    api: [
      events('1 2026-11-20T10:00:00Z', '2 2026-11-20T11:00:00Z'),
      events('1 2026-11-20T10:00:00Z', '2 2026-11-20T11:00:00Z', '3 2026-11-21T10:30:00Z'),
    ],
    fetches: [{ table: [1, 2] }, { requests: ['/items?since=2026-11-19T11:00:00Z'], table: [1, 2, 3] }],
  },
  {
    name: 'an initial value may be a span before the first fetch',
    source: since().replace(from, '-P30D'),
    api: [events()],
    requests: ['/items?since=2026-10-22T10:05:00Z'],
  },
  {
    name: 'an initial span is measured at the first fetch, not again at each',
    source: since().replace(from, '-P30D'),
    api: [events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [{}, { at: '2027-01-01T00:00:00Z', requests: ['/items?since=2026-11-20T10:00:00Z'] }],
  },
  {
    name: 'a record from the future does not carry the cursor past now',
    source: since(),
    api: [events('1 2099-01-01T00:00:00Z'), events()],
    fetches: [{ rows: [1] }, { requests: ['/items?since=2026-11-21T10:05:00Z'] }],
  },
  {
    name: 'a cursor never goes back',
    source: since(', lookback_window: P1D'),
    api: [events('1 2026-11-20T10:00:00Z'), events('2 2026-11-19T12:00:00Z'), events()],
    fetches: [{}, { cursors: ['2026-11-20T10:00:00Z'] }, { requests: ['/items?since=2026-11-19T10:00:00Z'] }],
  },
  {
    name: 'each slice has a cursor of its own',
    source: `for_each: { shop: [a, b] }
${since().replace('endpoint: {', "endpoint: { path: '{shop}',")}`,
    api: {
      '/a': [events('1 2026-11-20T10:00:00Z'), events()],
      '/b': [events('2 2026-11-18T10:00:00Z'), events()],
    },
    fetches: [
      { requests: ['/a?since=2026-11-01T00:00:00Z', '/b?since=2026-11-01T00:00:00Z'] },
      { requests: ['/a?since=2026-11-20T10:00:00Z', '/b?since=2026-11-18T10:00:00Z'] },
    ],
  },
  {
    name: 'the last value is sent where it is named, the initial one before there is any',
    source: `endpoint: { params: { since: '{incremental.last_value}', first: '{incremental.initial_value}' } }
${columns}
incremental: { cursor_path: $.at, initial_value: ${from}, lookback_window: PT1H }`,
    api: [events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [
      { requests: ['/items?since=2026-11-01T00:00:00Z&first=2026-11-01T00:00:00Z'] },
      { requests: ['/items?since=2026-11-20T10:00:00Z&first=2026-11-01T00:00:00Z'] },
    ],
  },
  {
    name: 'all pages of one window have the same start',
    source: `endpoint: { params: { since: '{incremental.start_value}' }, paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items
${columns}
incremental: { cursor_path: $.at, initial_value: ${from} }`,
    api: [
      json({ items: [{ id: 1, at: '2026-11-20T10:00:00Z' }], next: 'a' }),
      json({ items: [{ id: 2, at: '2026-11-10T10:00:00Z' }] }),
    ],
    requests: ['/items?since=2026-11-01T00:00:00Z', '/items?since=2026-11-01T00:00:00Z&after=a'],
    cursors: ['2026-11-20T10:00:00Z'],
  },
];
