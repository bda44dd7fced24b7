/** What the source's own rules make of an answer. */
import { envelope, ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const filters = (...rules: string[]) => `endpoint: { response_filters: [${rules.join(', ')}] }`;

export const responseFilters: Row[] = [
  {
    name: 'a rule makes a 404 mean no records',
    source: filters('{ status: 404, action: ignore }'),
    api: [refusal(404)],
    asked: 1,
    rows: [],
  },
  {
    name: 'a rule by a hundred of statuses',
    source: `client: { max_attempts: 3 }\n${filters('{ status: 5xx, action: fail, message: the service is closed }')}`,
    api: [refusal(503)],
    asked: 1,
    outcome: /the service is closed/,
    retryable: false,
  },
  {
    name: 'a rule by a value in the body',
    source: `data_selector: $.items\n${filters('{ body: { path: $.code, equals: 17 }, action: retry }')}`,
    api: [json({ code: 17, items: [] }), envelope([1])],
    asked: 2,
    rows: [1],
  },
  {
    name: 'a rule by one of several values in the body',
    source: `data_selector: $.items\n${filters('{ body: { path: $.state, in: [pending, running] }, action: retry }')}`,
    api: [
      json({ state: 'pending' }),
      json({ state: 'running' }),
      json({ state: 'done', items: [{ id: 1 }] }),
    ],
    asked: 3,
    rows: [1],
  },
  {
    name: 'a rule by a pattern in the body',
    source: `data_selector: $.items\n${filters("{ status: 400, body: { path: $.message, matches: '^no data' }, action: ignore }")}`,
    api: [{ status: 400, json: { message: 'no data for 2026' } }],
    rows: [],
  },
  {
    name: 'a rule by a value that is there, or not',
    source: `data_selector: $.items\n${filters('{ body: { path: $.warning, exists: true }, action: fail, message: warned }')}`,
    api: [envelope([1], { warning: 'partial' })],
    outcome: /warned/,
    rows: [],
  },
  {
    name: 'a rule by a part of the text',
    source: filters("{ status: 400, contains: 'no rows', action: ignore }"),
    api: [refusal(400, 'there are no rows here')],
    rows: [],
  },
  {
    name: 'a rule by the type of the content',
    source: `client: { max_attempts: 2 }\n${filters('{ content_type: text/html, action: retry }')}`,
    api: [{ text: '<html>starting</html>', headers: { 'content-type': 'Text/HTML; charset=utf-8' } }, ids(1)],
    asked: 2,
    rows: [1],
  },
  {
    name: 'a rule by a header',
    source: filters('{ status: 403, header: { name: X-Reason, matches: quota }, action: rate_limited }'),
    api: [refusal(403, 'no', { 'x-reason': 'quota reached', 'retry-after': '3' }), ids(1)],
    waited: { atLeast: 3_000 },
    rows: [1],
  },
  {
    name: 'a rule must have all that it names',
    source: filters("{ status: 404, contains: 'no such', action: ignore }"),
    api: [refusal(404, 'gone')],
    outcome: /404/,
  },
  {
    name: 'the first rule that applies decides',
    source: filters('{ status: 404, action: ignore }', '{ status: 4xx, action: fail }'),
    api: [refusal(404)],
    rows: [],
  },
  {
    name: 'a rule may call data what the built-in rules call an error',
    source: `shape: object
columns: { id: bigint, error: string }
${filters('{ body: { path: $.error, equals: none }, action: success }')}`,
    api: [json({ id: 1, error: 'none' })],
    rows: [{ id: 1, error: 'none' }],
  },
  {
    name: 'a rule may call data what comes with a strange status',
    source: filters('{ status: 206, action: success }', '{ status: 404, action: success }'),
    api: [{ ...ids(1), status: 404 }],
    rows: [1],
  },
  {
    name: "the endpoint's rules go before the client's",
    source: `client: { response_filters: [{ status: 404, action: fail, message: from the client }] }
endpoint: { response_filters: [{ status: 404, action: ignore }] }`,
    api: [refusal(404)],
    rows: [],
  },
  {
    name: "the client's rules hold where the endpoint has none",
    source: `client: { response_filters: [{ status: 404, action: ignore }] }`,
    api: [refusal(404)],
    rows: [],
  },
  {
    name: 'a code that is a number here and a text there (OpenWeatherMap)',
    source: `shape: object\n${filters("{ body: { path: $.cod, in: [404, '404'] }, action: ignore }")}`,
    api: [{ status: 404, json: { cod: '404', message: 'city not found' } }],
    rows: [],
  },
  {
    name: 'a stop in the middle keeps the pages before it',
    source: `endpoint:
  paginator: { type: page_number, stop_after: empty_page }
  response_filters: [{ body: { path: $.code, equals: 10004 }, action: stop_paging }]`,
    api: [ids(1), ids(2), { status: 400, json: { code: 10004 } }],
    rows: [1, 2],
  },
];
