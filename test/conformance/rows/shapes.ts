/** From records to rows: shapes, columns, names, times, child tables. */
import { json } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const orders = `columns: { id: bigint }
child_tables:
  - name: order_lines
    records: $.lines
    columns: { order_id: { type: bigint, from_parent: $.id }, sku: string, n: bigint }
    primary_key: [order_id, sku]
    partition_by: none`;

const text = (body: string, type = 'application/json'): Answer => ({
  text: body,
  headers: { 'content-type': type },
});

export const shapes: Row[] = [
  {
    name: 'shape object is one row',
    source: 'shape: object',
    api: [json({ id: 1 })],
    rows: [1],
  },
  {
    name: 'shape list is a row each',
    source: 'data_selector: $.a.b',
    api: [json({ a: { b: [{ id: 1 }, { id: 2 }] } })],
    rows: [1, 2],
  },
  {
    name: 'shape map is a row each, its key in a column',
    source: `shape: map
data_selector: $.rates
columns: { currency: { type: string, from_key: true }, rate: { type: double, from: $.rate } }
primary_key: currency`,
    api: [json({ rates: { EUR: { rate: 1 }, 'us-d': { rate: 1.5 } } })],
    rows: [
      { currency: 'EUR', rate: '1.0' },
      { currency: 'us-d', rate: '1.5' },
    ],
  },
  {
    name: 'a map whose values are scalars',
    source: `shape: map
data_selector: $.rates
columns: { currency: { type: string, from_key: true }, rate: { type: double, from: $ } }
primary_key: currency`,
    api: [json({ rates: { EUR: 1, USD: 1.5 } })],
    rows: [
      { currency: 'EUR', rate: '1.0' },
      { currency: 'USD', rate: '1.5' },
    ],
  },
  {
    name: 'shape columns is a row for each position of parallel lists',
    source: `shape: columns
data_selector: $.hourly
columns: { time: { type: timestamp, unit: s }, t: double }
primary_key: time`,
    api: [json({ hourly: { time: [1_793_491_200, 1_793_494_800], t: [1, null] } })],
    rows: [
      { time: '2026-11-01 00:00:00', t: '1.0' },
      { time: '2026-11-01 01:00:00', t: null },
    ],
  },
  {
    name: 'parallel lists of unequal length fail by their lengths: nothing of them lands',
    source: `client: { max_attempts: 1 }
shape: columns
columns: { time: bigint, t: double }
primary_key: time`,
    api: [json({ time: [1, 2], t: [1] })],
    outcome: /length|long|values/,
    rows: [],
  },
  {
    name: 'nested lists fill a child table with the key of their parent',
    source: orders,
    api: [
      json([
        {
          id: 1,
          lines: [
            { sku: 'a', n: 2 },
            { sku: 'b', n: 1 },
          ],
        },
        { id: 2, lines: [] },
        { id: 3, lines: [{ sku: 'a', n: 5 }] },
      ]),
    ],
    rows: [1, 2, 3],
    children: {
      order_lines: [
        { order_id: 1, sku: 'a', n: 2 },
        { order_id: 1, sku: 'b', n: 1 },
        { order_id: 3, sku: 'a', n: 5 },
      ],
    },
  },
  {
    name: 'a record without the nested list has no child rows, and is no error',
    source: orders,
    api: [json([{ id: 1 }, { id: 2, lines: null }])],
    rows: [1, 2],
    children: { order_lines: [] },
  },
  {
    name: 'a column may be a constant, or a value of the request',
    source: `for_each: { city: [Berlin] }
endpoint: { params: { q: '{city}' } }
columns: { id: bigint, city: { type: string, value: '{city}' }, origin: { type: string, value: api } }`,
    api: [json([{ id: 1 }])],
    rows: [{ id: 1, city: 'Berlin', origin: 'api' }],
  },
  {
    name: 'a column may be computed from others',
    source: `columns: { id: bigint, celsius: double, fahrenheit: { type: double, expression: celsius * 9 / 5 + 32 } }`,
    api: [
      json([
        { id: 1, celsius: 100 },
        { id: 2, celsius: null },
      ]),
    ],
    rows: [
      { id: 1, fahrenheit: '212.0' },
      { id: 2, fahrenheit: null },
    ],
  },
  {
    name: 'an expression that is no SQL is refused when the source is read',
    source: 'columns: { id: bigint, twice: { type: bigint, expression: id ** }  }',
    api: [],
    refused: /syntax error/,
  },
  {
    name: 'an expression over a column that does not exist is refused, with the nearest one',
    source: 'columns: { id: bigint, celsius: double, f: { type: double, expression: celcius * 2 } }',
    api: [],
    refused: /celcius.*celsius/s,
  },
  {
    name: 'times: ISO with an offset, epoch milliseconds, a format',
    source: `columns:
  id: bigint
  iso: timestamp
  ms: { type: timestamp, unit: ms }
  text: { type: timestamp, format: '%d/%m/%Y %H:%M', timezone: UTC }
  day: { type: date, format: '%d.%m.%Y' }`,
    api: [
      json([
        {
          id: 1,
          iso: '2026-11-21T10:00:00+02:00',
          ms: 1_793_491_200_000,
          text: '21/11/2026 09:30',
          day: '21.11.2026',
        },
      ]),
    ],
    rows: [
      {
        iso: '2026-11-21 08:00:00',
        ms: '2026-11-01 00:00:00',
        text: '2026-11-21 09:30:00',
        day: '2026-11-21',
      },
    ],
  },
  {
    name: 'a local time without an offset goes to quarantine: which hour is it?',
    source: 'columns: { id: bigint, at: timestamp }',
    api: [json([{ id: 1, at: '2026-10-25T02:30' }])],
    rows: [],
    rejects: ['cast'],
  },
  {
    name: 'names with hyphens, dots, digits and Unicode',
    source: `columns:
  id: bigint
  a: { type: bigint, from: "$['us-epa-index']" }
  b: { type: bigint, from: "$['a.b']" }
  c: { type: double, from: "$.rain['1h']" }
  d: { type: string, from: "$['größe']" }`,
    api: [json([{ id: 1, 'us-epa-index': 2, 'a.b': 3, rain: { '1h': 0.5 }, größe: 'L' }])],
    rows: [{ a: 2, b: 3, c: '0.5', d: 'L' }],
  },
  {
    name: 'names that differ in case are two fields',
    source: `columns: { id: bigint, upper: { type: string, from: $.Name }, lower: { type: string, from: $.name } }`,
    api: [json([{ id: 1, Name: 'A', name: 'b' }])],
    rows: [{ upper: 'A', lower: 'b' }],
  },
  {
    name: 'what no column names is kept in _extra',
    api: [json([{ id: 1, new: { field: [1, 2] } }])],
    rows: [{ id: 1, _extra: '{"new":{"field":[1,2]}}' }],
  },
  {
    name: 'a selector that finds another type than the shape fails by both',
    source: 'client: { max_attempts: 1 }\ndata_selector: $.items',
    api: [json({ items: { id: 1 } })],
    outcome: /\$\.items/,
    rows: [],
  },
  {
    name: 'a selector that finds null fails too',
    source: 'client: { max_attempts: 1 }\ndata_selector: $.items',
    api: [json({ items: null })],
    outcome: /\$\.items/,
    rows: [],
  },
  {
    name: 'a list in which nothing is an object goes to quarantine, and says so',
    api: [json([1, 'two', null, { id: 4 }])],
    rows: [4],
    rejects: ['key_null', 'key_null', 'key_null'],
  },
  {
    name: 'a number with an exponent, a deep nesting and a long text land as they are',
    api: [
      text(`[{"id":1,"n":1E400,"deep":${'['.repeat(200)}${']'.repeat(200)},"long":"${'ä'.repeat(10_000)}"}]`),
    ],
    raw: { has: ['"n":1E400'] },
    rowCount: 1,
  },
];
