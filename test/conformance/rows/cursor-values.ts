/** What a cursor may be: times in their units, numbers, texts, in any form of a body; and what is missing. */
import { json } from '../answers.ts';
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

const text = (body: string, type = 'application/json'): Answer => ({
  text: body,
  headers: { 'content-type': type },
});

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

const sinceId = "params: { since: '{incremental.start_value}' }";

export const cursorValues: Row[] = [
  {
    name: 'records may say their time in epoch seconds',
    source: `endpoint: { params: { since: '{incremental.start_value}' } }
incremental: { cursor_path: $.at, cursor_unit: s, format: s, initial_value: ${from} }`,
    api: [json([{ id: 1, at: 1_793_600_000 }]), json([])],
    fetches: [{ requests: ['/items?since=1793491200'] }, { requests: ['/items?since=1793600000'] }],
  },
  {
    name: 'records may say their time in epoch milliseconds (USGS)',
    source: `endpoint: { params: { since: '{incremental.start_value}' } }
incremental: { cursor_path: $.at, cursor_unit: ms, initial_value: ${from} }`,
    api: [json([{ id: 1, at: 1_793_600_000_000 }]), json([])],
    fetches: [{}, { requests: ['/items?since=2026-11-02T06:13:20Z'] }],
  },
  {
    name: 'fractions of a second in a record are not lost: the next window begins no later',
    source: since(),
    api: [events('1 2026-11-20T10:00:00.700Z'), events()],
    fetches: [{}, { requests: ['/items?since=2026-11-20T10:00:00Z'] }],
  },
  {
    name: 'milliseconds are sent where the API sees them',
    source: since(', granularity: PT0.001S'),
    api: [events('1 2026-11-20T10:00:00.700Z'), events()],
    fetches: [{}, { requests: ['/items?since=2026-11-20T10:00:00.700Z'] }],
  },
  {
    name: 'a number is a cursor',
    source: `endpoint: { params: { since_id: '{incremental.start_value}' } }
incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }`,
    api: [json([{ id: 5 }, { id: 17 }, { id: 9 }]), json([{ id: 17 }, { id: 18 }])],
    fetches: [
      { requests: ['/items?since_id=0'], cursors: [17] },
      { requests: ['/items?since_id=17'], cursors: [18], table: [5, 9, 17, 18] },
    ],
  },
  {
    name: 'a number looks back by a number',
    source: `endpoint: { params: { since_id: '{incremental.start_value}' } }
incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0, lookback_window: 10 }`,
    api: [json([{ id: 25 }]), json([])],
    fetches: [{}, { requests: ['/items?since_id=15'] }],
  },
  {
    name: 'a text is a cursor, in the order of its characters',
    source: `endpoint: { params: { after: '{incremental.start_value}' } }
columns: { id: string }
incremental: { cursor_path: $.id, cursor_type: text, initial_value: '' }`,
    api: [json([{ id: 'b' }, { id: 'ab' }, { id: 'a' }]), json([])],
    fetches: [{ cursors: ['b'] }, { requests: ['/items?after=b'] }],
  },
  {
    name: 'a record without its cursor fails unless something else is said',
    source: since(),
    api: [json([{ id: 1 }])],
    outcome: /\$\.at/,
    rows: [],
  },
  {
    name: 'a record whose cursor is null fails too',
    source: since(),
    api: [json([{ id: 1, at: null }])],
    outcome: /\$\.at/,
    rows: [],
  },
  {
    name: 'records without a cursor may be taken in',
    source: since(', on_cursor_value_missing: include'),
    api: [json([{ id: 1 }, { id: 2, at: '2026-11-20T10:00:00Z' }])],
    rows: [1, 2],
    cursors: ['2026-11-20T10:00:00Z'],
  },
  {
    name: 'records without a cursor may be left out',
    source: since(', on_cursor_value_missing: exclude'),
    api: [json([{ id: 1 }, { id: 2, at: '2026-11-20T10:00:00Z' }])],
    rows: [2],
    cursors: ['2026-11-20T10:00:00Z'],
  },
  {
    name: 'a cursor that is no time fails by name and value',
    source: since(),
    api: [events('1 yesterday')],
    outcome: /yesterday/,
    rows: [],
  },
  {
    name: 'columns of parallel lists have a cursor too',
    source: `endpoint: { params: { since: '{incremental.start_value}' } }
data_selector: $.hourly
shape: columns
columns: { time: { type: timestamp, unit: s }, t: double }
primary_key: time
incremental: { cursor_path: $.time, cursor_unit: s, initial_value: ${from}, lookback_window: PT1H }`,
    api: [
      json({ hourly: { time: [1_793_500_000, 1_793_600_000], t: [1.5, 2] } }),
      json({ hourly: { time: [], t: [] } }),
    ],
    fetches: [{ rows: [{ t: '1.5' }, { t: '2.0' }] }, { requests: ['/items?since=2026-11-02T05:13:20Z'] }],
  },
  {
    name: 'a cursor in CSV',
    source: `endpoint: { response_format: csv, ${sinceId} }\n${byId}`,
    api: [text('id\n5\n7\n', 'text/csv'), text('id\n', 'text/csv')],
    fetches: [{ rows: [5, 7], cursors: [7] }, { requests: ['/items?since=7'] }],
  },
  {
    name: 'a cursor of one object',
    source: `endpoint: { ${sinceId} }\nshape: object\n${byId}`,
    api: [json({ id: 7 }), json({ id: 7 })],
    fetches: [{ cursors: [7] }, { requests: ['/items?since=7'] }],
  },
  {
    name: 'a cursor of a map’s records',
    source: `endpoint: { ${sinceId} }\nshape: map\n${byId}`,
    api: [json({ a: { id: 3 }, b: { id: 9 } }), json({})],
    fetches: [{ cursors: [9] }, { requests: ['/items?since=9'] }],
  },
];
