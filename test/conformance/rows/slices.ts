/** One request for each of many: lists, files, ranges, pairs; and one that is refused. */
import { envelope, ids, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const where = "endpoint: { params: { q: '{city}' } }";

const withCity = "columns: { id: bigint, city: { type: string, value: '{city}' } }";

export const slices: Row[] = [
  {
    name: 'one request for each element of a list',
    source: `for_each: { city: [Berlin, São Paulo] }\n${where}\n${withCity}`,
    api: [ids(1), ids(2)],
    requests: ['/items?q=Berlin', '/items?q=São Paulo'],
    rows: [
      { id: 1, city: 'Berlin' },
      { id: 2, city: 'São Paulo' },
    ],
  },
  {
    name: 'an element is encoded in a path',
    source: `for_each: { city: ['a/b?c'] }\nendpoint: { path: 'of/{city}' }`,
    api: [ids(1)],
    requests: ['/of/a%2Fb%3Fc'],
  },
  {
    name: 'records of a list give their fields',
    source: `for_each: { city: [{ name: Berlin, lat: 52.52 }, { name: Oslo, lat: 59.91 }] }
endpoint: { params: { lat: '{city.lat}' } }
columns: { id: bigint, city: { type: string, value: '{city.name}' } }`,
    api: [ids(1), ids(2)],
    requests: ['/items?lat=52.52', '/items?lat=59.91'],
    rows: [{ city: 'Berlin' }, { city: 'Oslo' }],
  },
  {
    name: 'elements come from a CSV file beside the source',
    source: `for_each: { city: { file: cities.csv } }\nendpoint: { params: { q: '{city.name}', lat: '{city.lat}' } }`,
    files: { 'cities.csv': 'name,lat\n"Washington, D.C.",38.9\nOslo,59.91\n' },
    api: [ids(1), ids(2)],
    requests: ['/items?q=Washington, D.C.&lat=38.9', '/items?q=Oslo&lat=59.91'],
  },
  {
    name: 'elements come from a JSON file beside the source',
    source: `for_each: { city: { file: cities.json } }\n${where}`,
    files: { 'cities.json': '["Berlin", "Oslo"]' },
    api: [ids(1), ids(2)],
    requests: ['/items?q=Berlin', '/items?q=Oslo'],
  },
  {
    name: 'a range of numbers, its end included',
    source: `for_each: { n: { range: { from: 1, to: 7, step: 3 } } }\nendpoint: { params: { n: '{n}' } }`,
    api: { '/items': ids() },
    requests: ['/items?n=1', '/items?n=4', '/items?n=7'],
  },
  {
    name: 'a range of months',
    source: `for_each: { month: { range: { from: '2026-01-01', to: '2026-03-31', step: P1M } } }\nendpoint: { params: { m: '{month}' } }`,
    api: { '/items': ids() },
    requests: ['/items?m=2026-01-01', '/items?m=2026-02-01', '/items?m=2026-03-01'],
  },
  {
    name: 'two variables are crossed',
    source: `for_each: { city: [A, B], unit: [C, F] }\nendpoint: { params: { q: '{city}', u: '{unit}' } }`,
    api: { '/items': ids() },
    requests: ['/items?q=A&u=C', '/items?q=A&u=F', '/items?q=B&u=C', '/items?q=B&u=F'],
  },
  {
    name: 'two variables are paired where combine says zip',
    source: `for_each: { city: [A, B], unit: [C, F] }\ncombine: zip\nendpoint: { params: { q: '{city}', u: '{unit}' } }`,
    api: { '/items': ids() },
    requests: ['/items?q=A&u=C', '/items?q=B&u=F'],
  },
  {
    name: 'pairs of unequal length are refused when the source is read',
    source: `for_each: { city: [A, B], unit: [C] }\ncombine: zip\nendpoint: { params: { q: '{city}', u: '{unit}' } }`,
    api: [],
    refused: /zip|as many|equal|length/,
  },
  {
    name: 'the same parameters for each element may all be sent in the body',
    source: `for_each: { city: [A] }\nendpoint: { method: POST, json: { where: { city: '{city}' } } }`,
    api: [ids(1)],
    requests: [{ line: 'POST /items', body: { where: { city: 'A' } } }],
  },
  {
    name: 'a refused element fails the window unless something else is said',
    source: `for_each: { city: [A, B, C] }\n${where}`,
    api: [ids(1), refusal(400, 'no such city'), ids(3)],
    outcome: /no such city/,
    rows: [],
  },
  {
    name: 'a refused element is left out and reported, the others land',
    source: `for_each: { city: [A, B, C] }\n${where}\n${withCity}\non_slice_error: skip_and_report`,
    api: [ids(1), refusal(400, 'no such city'), ids(3)],
    rows: [
      { id: 1, city: 'A' },
      { id: 3, city: 'C' },
    ],
    skipped: [{ slice: { city: 'B' }, error: /no such city/ }],
  },
  {
    name: 'no page of a skipped element stays',
    source: `for_each: { city: [A, B] }
on_slice_error: skip_and_report
endpoint: { path: '{city}', paginator: { type: page_number, stop_after: empty_page } }`,
    api: { '/A': [ids(1), refusal(400)], '/B': [ids(2), ids()] },
    rows: [2],
    skipped: [{ slice: { city: 'A' }, error: /400/ }],
  },
  {
    name: 'an element that fails for a moment is tried again before it is skipped',
    source: `for_each: { city: [A, B] }\n${where}\non_slice_error: skip_and_report`,
    api: [refusal(503), ids(1), ids(2)],
    rows: [1, 2],
    skipped: [],
  },
  {
    name: 'when every element is refused the window fails: nothing is no success',
    source: `for_each: { city: [A, B] }\n${where}\non_slice_error: skip_and_report`,
    api: { '/items': refusal(401, 'key expired') },
    outcome: /key expired/,
    rows: [],
  },
  {
    name: 'a cursor of a skipped element stays where it was',
    source: `for_each: { city: [A, B] }
on_slice_error: skip_and_report
endpoint: { path: '{city}', params: { since: '{incremental.start_value}' } }
incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }`,
    api: { '/A': [ids(5), ids(6)], '/B': [refusal(400), ids(7)] },
    fetches: [
      { requests: ['/A?since=0', '/B?since=0'], rows: [5] },
      { requests: ['/A?since=5', '/B?since=0'], rows: [6, 7] },
    ],
  },
  {
    name: 'an envelope of many elements names each row’s own',
    source: `for_each: { shop: [1, 2] }
endpoint: { path: 's/{shop}' }
data_selector: $.items
columns: { id: bigint, shop: { type: bigint, value: '{shop}' }, currency: { type: string, from_response: $.currency } }`,
    api: [envelope([1], { currency: 'EUR' }), envelope([1], { currency: 'SEK' })],
    rows: [
      { id: 1, shop: 1, currency: 'EUR' },
      { id: 1, shop: 2, currency: 'SEK' },
    ],
  },
  {
    name: 'a parameter whose value is null is not sent',
    source: `for_each: { city: [{ name: A, state: null }, { name: B, state: X }] }\nendpoint: { params: { q: '{city.name}', s: '{city.state}' } }`,
    api: { '/items': ids() },
    requests: ['/items?q=A', '/items?q=B&s=X'],
  },
  {
    name: 'many slices at once, some failing for a moment: each lands once',
    source: `client: { concurrency: 8 }\nfor_each: { n: { range: { from: 1, to: 40 } } }\nendpoint: { params: { n: '{n}' } }`,
    api: () => {
      const failed = new Set<string>();
      return ({ query }) => {
        const n = query.get('n') ?? '';
        if (Number(n) % 5 !== 0 || failed.has(n)) return ids(Number(n));
        failed.add(n);
        return Number(n) % 2 === 0 ? refusal(503) : { refuse: true };
      };
    },
    asked: 48,
    rowCount: 40,
  },
];
