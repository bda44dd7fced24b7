/** The built-in rules: what is tried again, what fails at once, and in whose words. */
import { ids, json, recorded, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const openMeteo = (name: string) => recorded(`open-meteo/errors/${name}`);

export const tries: Row[] = [
  {
    name: 'a 500 is tried again, with growing waits',
    api: [refusal(500), refusal(502), refusal(503), ids(1)],
    asked: 4,
    rows: [1],
    logs: [/request retried/],
  },
  {
    name: 'a fault that stays fails after the last try, and says it may be tried again',
    source: 'client: { max_attempts: 3 }',
    api: { '/items': refusal(500, 'out of order') },
    asked: 3,
    outcome: /500.*out of order/s,
    retryable: true,
  },
  {
    name: 'a 400 is not tried again',
    api: { '/items': refusal(400, 'bad parameter') },
    asked: 1,
    outcome: /400.*bad parameter/s,
    retryable: false,
  },
  {
    name: 'a 408 and a 425 are tried again',
    api: [refusal(408), refusal(425), ids(1)],
    asked: 3,
    rows: [1],
  },
  {
    name: 'a connection that is cut before the answer is tried again',
    api: [{ refuse: true }, ids(1)],
    asked: 2,
    rows: [1],
  },
  {
    name: 'a body cut short is tried again, and no half of it lands',
    api: [{ ...ids(1, 2, 3), cutAfter: 8 }, ids(1, 2, 3)],
    asked: 2,
    rows: [1, 2, 3],
  },
  {
    name: 'a body that ends too soon but looks complete is tried again',
    api: [
      { bytes: Buffer.from('[{"id":1},{"id"'), headers: { 'content-type': 'application/json' } },
      ids(1, 2),
    ],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'a body shorter than its Content-Length is tried again',
    api: [{ ...ids(1), length: 500 }, ids(1, 2)],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'an answer that stops arriving ends at its deadline, and is tried again',
    timeoutMs: 200,
    api: [{ ...ids(1, 2), stallAfter: 4 }, ids(1, 2)],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'an overloaded service is asked again (Open-Meteo)',
    api: [{ ...openMeteo('503_overloaded.json'), status: 503 }, ids(1)],
    asked: 2,
    rows: [1],
  },
  {
    name: 'an error in a 200 is an error (GraphQL)',
    api: { '/items': json({ errors: [{ message: 'field unknown' }] }) },
    outcome: /field unknown/,
    rows: [],
  },
  {
    name: 'text in a 200 that says it is JSON is tried again, and fails (Open-Meteo)',
    source: 'client: { max_attempts: 2 }',
    api: { '/items': openMeteo('200_stream_failure.body.txt') },
    asked: 2,
    outcome: /JSON|error/i,
    rows: [],
  },
  {
    name: 'JSON that an error text breaks off is tried again (Open-Meteo)',
    source:
      '{ data_selector: $.hourly, shape: columns, columns: { time: string }, primary_key: time, client: { max_attempts: 2 } }',
    api: { '/items': openMeteo('200_stream_failure_truncated.body.txt') },
    asked: 2,
    outcome: /JSON|error/i,
    rows: [],
  },
  {
    name: 'an HTML page in a 200 is no data',
    source: 'client: { max_attempts: 1 }',
    api: [{ text: '<html><body>Please log in</body></html>', headers: { 'content-type': 'text/html' } }],
    outcome: /HTML|html|JSON/,
    rows: [],
  },
  {
    name: 'a missing User-Agent answered with HTML fails with its text (NWS)',
    api: [
      {
        ...recorded('nws/403_no_user_agent.body.txt'),
        status: 403,
        headers: { 'content-type': 'text/html' },
      },
    ],
    outcome: /403/,
    retryable: false,
  },
  {
    name: 'a plain-text refusal is told in its words (USGS)',
    api: [
      { ...recorded('usgs/400_too_many.body.txt'), status: 400, headers: { 'content-type': 'text/plain' } },
    ],
    outcome: /20000/,
    retryable: false,
  },
  {
    name: 'a problem document is told in its words (NWS)',
    api: [
      {
        ...recorded('nws/problem_404_invalid_point.json'),
        status: 404,
        headers: { 'content-type': 'application/problem+json' },
      },
    ],
    outcome: /404.*Unavailable|Unavailable.*404|404.*data/is,
    retryable: false,
  },
  {
    name: 'a 203 is data (MET Norway: deprecated product)',
    api: [{ ...ids(1), status: 203 }],
    rows: [1],
  },
  {
    name: 'more than five redirects in a row fail',
    api: { '/items': { status: 307, headers: { location: '/items' } } },
    outcome: /redirect/,
  },
  {
    name: 'a body that never comes after its headers fails in words, after its tries',
    source: 'client: { max_attempts: 2 }',
    timeoutMs: 100,
    api: { '/items': { ...ids(1), stallAfter: 0 } },
    outcome: /within 100 ms/,
    retryable: true,
    asked: 2,
  },
];
