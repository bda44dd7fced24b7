/** Several elements in one request, each answer under its own name. */
import { json, refusal } from '../answers.ts';
import type { Answer, Question } from '../api-server.ts';
import type { Row } from '../row.ts';

/** Open-Meteo's way: an object for one place, a list for several, in the order asked for. */
function forecast({ query }: Question) {
  const answers = (query.get('lat') ?? '')
    .split(',')
    .map((lat) => ({ lat: Number(lat), data: [{ id: Number(lat) * 10 }] }));
  return json(answers.length === 1 ? answers[0] : answers);
}

const grouped = (
  size: number,
  more = '',
) => `for_each: { city: { values: [{ name: A, lat: 1 }, { name: B, lat: 2 }, { name: C, lat: 3 }], group: ${size}, match: position${more} } }
endpoint: { path: forecast, params: { lat: '{city.lat}' } }
data_selector: $.data
columns: { id: bigint, city: { type: string, value: '{city.name}' } }`;

const byField = `for_each:
  id: { values: [7, 8, 9], group: 3, answers: $.results, match: { path: $.key, value: '{id}' } }
endpoint: { params: { ids: '{id}' } }
data_selector: $.data
columns: { id: bigint, of: { type: bigint, value: '{id}' } }`;

function answerAllButEight({ query }: Question) {
  const asked = (query.get('ids') ?? '').split(',').filter((id) => id !== '8');
  return json({ results: asked.map((id) => ({ key: Number(id), data: [{ id: Number(id) * 10 }] })) });
}

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

/** Two places in one answer, each with records after what was asked for. */
function twoPlaces({ query }: Question): Answer {
  const places = (query.get('q') ?? '').split(',');
  const since = Number(query.get('since'));
  const answer = (place: string) => ({
    items: [place === 'A' ? 5 : 50].filter((id) => id > since).map((id) => ({ id })),
  });
  return json(places.length === 1 ? answer(places[0] ?? '') : places.map(answer));
}

export const groups: Row[] = [
  {
    name: 'three in one request: the n-th answer is the n-th element’s',
    source: grouped(3),
    api: () => forecast,
    requests: ['/forecast?lat=1,2,3'],
    rows: [
      { id: 10, city: 'A' },
      { id: 20, city: 'B' },
      { id: 30, city: 'C' },
    ],
  },
  {
    name: 'the last group is smaller; alone in it, the body itself is the answer',
    source: grouped(2),
    api: () => forecast,
    requests: ['/forecast?lat=1,2', '/forecast?lat=3'],
    rows: [
      { id: 10, city: 'A' },
      { id: 20, city: 'B' },
      { id: 30, city: 'C' },
    ],
  },
  {
    name: 'groups are joined by another separator',
    source: grouped(3, ", separator: '|'"),
    api:
      () =>
      ({ query }) =>
        json((query.get('lat') ?? '').split('|').map((lat) => ({ data: [{ id: Number(lat) }] }))),
    requests: ['/forecast?lat=1|2|3'],
    rows: [1, 2, 3],
  },
  {
    name: 'fewer answers than elements fail: no row goes to the wrong city',
    source: grouped(3),
    api: [json([{ data: [{ id: 1 }] }, { data: [{ id: 2 }] }])],
    outcome: /2 answers|3/,
    rows: [],
  },
  {
    name: 'more answers than elements fail too',
    source: grouped(2),
    api: [json([{ data: [] }, { data: [] }, { data: [] }])],
    outcome: /3 answers|2/,
    rows: [],
  },
  {
    name: 'one in a group answered with a list of one is understood',
    source: grouped(2).replace('{ name: B, lat: 2 }, { name: C, lat: 3 }', '{ name: B, lat: 2 }'),
    api: () => forecast,
    rows: [
      { id: 10, city: 'A' },
      { id: 20, city: 'B' },
    ],
  },
  {
    name: 'answers are matched by a field, in any order',
    source: byField,
    api: [
      json({
        results: [
          { key: 9, data: [{ id: 90 }] },
          { key: 7, data: [{ id: 70 }] },
          { key: 8, data: [{ id: 80 }] },
        ],
      }),
    ],
    requests: ['/items?ids=7,8,9'],
    rows: [
      { id: 90, of: 9 },
      { id: 70, of: 7 },
      { id: 80, of: 8 },
    ],
  },
  {
    name: 'an answer that nobody asked for fails',
    source: byField,
    api: [
      json({
        results: [
          { key: 7, data: [] },
          { key: 8, data: [] },
          { key: 99, data: [] },
        ],
      }),
    ],
    outcome: /99/,
    rows: [],
  },
  {
    name: 'an element without an answer fails by its value',
    source: byField,
    api: [
      json({
        results: [
          { key: 7, data: [] },
          { key: 9, data: [] },
        ],
      }),
    ],
    outcome: /8/,
    rows: [],
  },
  {
    name: 'a group with an element that is not answered is halved until it stands alone, then that one is skipped',
    source: `on_slice_error: skip_and_report\n${byField}`,
    api: () => answerAllButEight,
    requests: ['/items?ids=7,8,9', '/items?ids=7,8', '/items?ids=7', '/items?ids=8', '/items?ids=9'],
    rows: [70, 90],
    skipped: [{ slice: { id: 8 }, error: /0 answers|no answer/ }],
  },
  {
    name: 'the raw objects say which element each answer was for',
    source: grouped(3),
    api: () => forecast,
    raw: { has: [/"for":\{"city":\{"name":"A","lat":1\}\}/, /"for":\{"city":\{"name":"C","lat":3\}\}/] },
    bodies: [
      { lat: 1, data: [{ id: 10 }] },
      { lat: 2, data: [{ id: 20 }] },
      { lat: 3, data: [{ id: 30 }] },
    ],
  },
  {
    name: 'a refused group is asked for in halves, so that one bad city does not fail the others',
    source: `${grouped(3)}\non_slice_error: skip_and_report`,
    api: () => (question) =>
      (question.query.get('lat') ?? '').split(',').includes('2')
        ? refusal(400, 'latitude 2')
        : forecast(question),
    rows: [
      { id: 10, city: 'A' },
      { id: 30, city: 'C' },
    ],
    skipped: [{ slice: { city: { name: 'B', lat: 2 } }, error: /latitude 2/ }],
  },
  {
    name: 'pages of a group are refused when the source is read: each element would have pages of its own',
    source: `for_each: { city: { values: [{ lat: 1 }, { lat: 2 }], group: 2, match: position } }
endpoint: { path: forecast, params: { lat: '{city.lat}' }, paginator: { type: page_number, stop_after: empty_page } }
data_selector: $.data`,
    api: [],
    refused: /grouped.*one page/,
  },
  {
    name: 'a group whose body is an error in a 200 fails with the API’s reason',
    source: `client: { max_attempts: 1 }\n${grouped(3)}`,
    api: [json({ error: true, reason: 'Too many locations' })],
    outcome: /Too many locations/,
    rows: [],
  },
  {
    name: 'elements of a group keep cursors of their own, the request begins at the earliest',
    source: `for_each: { q: { values: [A, B], group: 2, match: position } }
endpoint: { params: { q: '{q}', since: '{incremental.start_value}' } }
data_selector: $.items
${byId}`,
    api: () => twoPlaces,
    fetches: [
      { requests: ['/items?q=A,B&since=0'], rows: [5, 50] },
      { requests: ['/items?q=A,B&since=5'], rows: [50], table: [5, 50] },
    ],
  },
];
