/** Windows of time: their bounds, steps and formats, one after another, and what the API no longer knows. */
import { json, refusal } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const columns = 'columns: { id: bigint, at: timestamp }';

const from = "'2026-11-01T00:00:00Z'";

/** Records with an id and a time, from texts such as `7 2026-11-20T10:00:00Z`. */
function events(...texts: string[]): Answer {
  return json(texts.map((text) => ({ id: Number(text.split(' ')[0]), at: text.split(' ')[1] })));
}

/** Windows from `from` to `to`. */
const between = (
  more: string,
  initial = from,
) => `endpoint: { params: { from: '{incremental.start_value}', to: '{incremental.end_value}' } }
${columns}
incremental: { cursor_path: $.at, initial_value: ${initial}, ${more} }`;

/** Windows that move by themselves. */
const steps = (
  more: string,
  initial = from,
) => `endpoint: { params: { from: '{incremental.start_value}', to: '{incremental.end_value}' } }
incremental: { initial_value: ${initial}, ${more} }`;

export const windows: Row[] = [
  {
    name: 'half-open windows of a day: each end is the next start, days one after another',
    source: steps('step: P1D, bounds: half_open', "'2026-11-19T00:00:00Z'"),
    api: { '/items': json([{ id: 1 }]) },
    requests: [
      '/items?from=2026-11-19T00:00:00Z&to=2026-11-20T00:00:00Z',
      '/items?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z',
      '/items?from=2026-11-21T00:00:00Z&to=2026-11-21T10:05:00Z',
    ],
    cursors: ['2026-11-21T10:05:00Z'],
  },
  {
    name: 'inclusive windows: the end is a second before the next start',
    source: steps(
      'step: P1D, bounds: inclusive, granularity: PT1S, end_value: "2026-11-21T00:00:00Z"',
      "'2026-11-19T00:00:00Z'",
    ),
    api: { '/items': json([]) },
    requests: [
      '/items?from=2026-11-19T00:00:00Z&to=2026-11-19T23:59:59Z',
      '/items?from=2026-11-20T00:00:00Z&to=2026-11-20T23:59:59Z',
    ],
  },
  {
    name: 'inclusive windows of whole days: from and to are the same day',
    source: steps(
      'step: P1D, bounds: inclusive, granularity: P1D, format: date, end_value: "2026-11-21"',
      "'2026-11-19'",
    ),
    api: { '/items': json([]) },
    requests: ['/items?from=2026-11-19&to=2026-11-19', '/items?from=2026-11-20&to=2026-11-20'],
  },
  {
    name: 'a day that is not over is not asked for',
    source: steps('step: P1D, bounds: inclusive, format: date', "'2026-11-19'"),
    api: { '/items': json([]) },
    requests: ['/items?from=2026-11-19&to=2026-11-19', '/items?from=2026-11-20&to=2026-11-20'],
    cursors: ['2026-11-21T00:00:00Z'],
  },
  {
    name: 'windows open at their start begin a second earlier',
    source: steps(
      'step: P1D, bounds: exclusive_start, granularity: PT1S, end_value: "2026-11-21T00:00:00Z"',
      "'2026-11-19T00:00:00Z'",
    ),
    api: { '/items': json([]) },
    requests: [
      '/items?from=2026-11-18T23:59:59Z&to=2026-11-19T23:59:59Z',
      '/items?from=2026-11-19T23:59:59Z&to=2026-11-20T23:59:59Z',
    ],
  },
  {
    name: 'bounds must be said where an end is sent',
    source: between('row_order: asc'),
    api: [],
    refused: /bounds/,
  },
  {
    name: 'bounds must be said where windows have a step',
    source: steps('step: P1D'),
    api: [],
    refused: /bounds/,
  },
  {
    name: 'months of the calendar, not of thirty days',
    source: steps(
      'step: P1M, bounds: half_open, end_value: "2026-05-01T00:00:00Z"',
      "'2026-01-31T00:00:00Z'",
    ),
    api: { '/items': json([]) },
    requests: [
      '/items?from=2026-01-31T00:00:00Z&to=2026-02-28T00:00:00Z',
      '/items?from=2026-02-28T00:00:00Z&to=2026-03-31T00:00:00Z',
      '/items?from=2026-03-31T00:00:00Z&to=2026-04-30T00:00:00Z',
      '/items?from=2026-04-30T00:00:00Z&to=2026-05-01T00:00:00Z',
    ],
  },
  {
    name: 'months that begin on the first',
    source: steps('step: P1M, bounds: half_open, format: date, end_value: "2026-04-01"', "'2026-01-01'"),
    api: { '/items': json([]) },
    requests: [
      '/items?from=2026-01-01&to=2026-02-01',
      '/items?from=2026-02-01&to=2026-03-01',
      '/items?from=2026-03-01&to=2026-04-01',
    ],
  },
  {
    name: 'elapsed hours',
    source: steps('step: PT6H, bounds: half_open', "'2026-11-20T22:00:00Z'"),
    api: { '/items': json([]) },
    requests: [
      '/items?from=2026-11-20T22:00:00Z&to=2026-11-21T04:00:00Z',
      '/items?from=2026-11-21T04:00:00Z&to=2026-11-21T10:00:00Z',
      '/items?from=2026-11-21T10:00:00Z&to=2026-11-21T10:05:00Z',
    ],
  },
  {
    name: 'windows go on where the last one ended, also over hours without records',
    source: steps('step: P1D, bounds: half_open', "'2026-11-21T00:00:00Z'"),
    api: { '/items': json([]) },
    fetches: [
      {
        requests: ['/items?from=2026-11-21T00:00:00Z&to=2026-11-21T10:05:00Z'],
        cursors: ['2026-11-21T10:05:00Z'],
      },
      {
        requests: ['/items?from=2026-11-21T10:05:00Z&to=2026-11-21T11:05:00Z'],
        cursors: ['2026-11-21T11:05:00Z'],
      },
    ],
  },
  {
    name: 'nothing is asked for when the cursor is already there',
    source: steps('step: P1D, bounds: half_open', "'2026-11-21T00:00:00Z'"),
    api: { '/items': json([]) },
    fetches: [{ asked: 1 }, { at: '2026-11-21T10:05:00Z', asked: 0, cursors: ['2026-11-21T10:05:00Z'] }],
  },
  {
    name: 'a window that fails keeps those before it from counting: the fetch commits as a whole',
    source: `client: { max_attempts: 1 }\n${steps('step: P1D, bounds: half_open', "'2026-11-20T00:00:00Z'")}`,
    api: [json([{ id: 1 }]), refusal(500)],
    outcome: /500/,
    rows: [],
    cursors: [],
  },
  {
    name: 'end_value ends a backfill, and the cursor stays there',
    source: steps('step: P1D, bounds: half_open, end_value: "2026-11-03T00:00:00Z"'),
    api: { '/items': json([]) },
    fetches: [
      { asked: 2, cursors: ['2026-11-03T00:00:00Z'] },
      { asked: 0, cursors: ['2026-11-03T00:00:00Z'] },
    ],
  },
  {
    name: 'without a step one window reaches from the cursor to now',
    source: between('bounds: half_open'),
    api: [events('1 2026-11-20T10:00:00Z'), events()],
    fetches: [
      {
        requests: ['/items?from=2026-11-01T00:00:00Z&to=2026-11-21T10:05:00Z'],
        cursors: ['2026-11-20T10:00:00Z'],
      },
      { requests: ['/items?from=2026-11-20T10:00:00Z&to=2026-11-21T11:05:00Z'] },
    ],
  },
  {
    name: 'the newest data are left alone until they are old enough',
    source: steps('step: P1D, bounds: half_open, delay: PT30M', "'2026-11-21T00:00:00Z'"),
    api: { '/items': json([]) },
    requests: ['/items?from=2026-11-21T00:00:00Z&to=2026-11-21T09:35:00Z'],
    cursors: ['2026-11-21T09:35:00Z'],
  },
  {
    name: 'times are sent as epoch seconds',
    source: steps('step: P1D, bounds: half_open, format: s, end_value: "2026-11-02T00:00:00Z"'),
    api: { '/items': json([]) },
    requests: ['/items?from=1793491200&to=1793577600'],
  },
  {
    name: 'times are sent as epoch milliseconds',
    source: steps('step: P1D, bounds: half_open, format: ms, end_value: "2026-11-02T00:00:00Z"'),
    api: { '/items': json([]) },
    requests: ['/items?from=1793491200000&to=1793577600000'],
  },
  {
    name: 'times are sent as strftime letters say',
    source: steps(
      "step: P1D, bounds: half_open, format: '%d.%m.%Y %H:%M', end_value: '2026-11-02T00:00:00Z'",
    ),
    api: { '/items': json([]) },
    requests: ['/items?from=01.11.2026 00:00&to=02.11.2026 00:00'],
  },
  {
    name: 'start and end go into path, header and body',
    source: `endpoint:
  path: items/{incremental.start_value}
  method: POST
  headers: { X-Until: '{incremental.end_value}' }
  json: { range: ['{incremental.start_value}', '{incremental.end_value}'] }
incremental: { initial_value: '2026-11-20', step: P1D, bounds: half_open, format: date, end_value: '2026-11-21' }`,
    api: [json([])],
    requests: [
      {
        line: 'POST /items/2026-11-20',
        headers: { 'x-until': '2026-11-21' },
        body: { range: ['2026-11-20', '2026-11-21'] },
      },
    ],
  },
  {
    name: 'a column may hold the window that a row was asked for in',
    source: `endpoint: { params: { day: '{incremental.start_value}' } }
columns: { id: bigint, day: { type: date, value: '{incremental.start_value}' } }
incremental: { initial_value: '2026-11-19', step: P1D, bounds: half_open, format: date, end_value: '2026-11-21' }`,
    api: [json([{ id: 1 }]), json([{ id: 2 }])],
    rows: [
      { id: 1, day: '2026-11-19' },
      { id: 2, day: '2026-11-20' },
    ],
  },
  {
    name: 'a cursor older than what the API keeps is a gap, recorded, and the window begins where the API does',
    source: steps('step: P30D, bounds: half_open, api_retention: P7D', "'2026-11-20T00:00:00Z'"),
    api: { '/items': json([]) },
    fetches: [
      { cursors: ['2026-11-21T10:05:00Z'], gaps: [] },
      {
        at: '2026-12-11T10:05:00Z',
        requests: ['/items?from=2026-12-04T10:05:00Z&to=2026-12-11T10:05:00Z'],
        gaps: [{ from: '2026-11-21T10:05:00Z', to: '2026-12-04T10:05:00Z' }],
        cursors: ['2026-12-11T10:05:00Z'],
      },
    ],
  },
  {
    name: 'a first window that begins before what the API keeps is no gap: nothing was ever there',
    source: steps('step: P30D, bounds: half_open, api_retention: P7D', "'-P30D'"),
    api: { '/items': json([]) },
    requests: ['/items?from=2026-11-14T10:05:00Z&to=2026-11-21T10:05:00Z'],
  },
];
