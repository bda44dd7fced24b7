/** Pages that carry the token of the next one, or keys to send back. */
import { envelope, ids, json, refusal } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const cursor = (more: string) =>
  `{ endpoint: { paginator: { type: cursor, ${more} } }, data_selector: $.items }`;

const post = (paginator: string) =>
  `{ endpoint: { method: POST, json: { query: all }, paginator: ${paginator} }, data_selector: $.items }`;

const text = (body: string, type = 'application/json'): Answer => ({
  text: body,
  headers: { 'content-type': type },
});

export const pageTokens: Row[] = [
  {
    name: 'a token in the body goes into the query, until it is null',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api: [envelope([1], { next: 'a' }), envelope([2], { next: 'b' }), envelope([3], { next: null })],
    requests: ['/items', '/items?after=a', '/items?after=b'],
    rows: [1, 2, 3],
  },
  {
    name: 'a token that is missing ends the pages',
    source: cursor('cursor_path: $.meta.next, cursor_param: after'),
    api: [envelope([1], { meta: { next: 'a' } }), envelope([2])],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'a token that is an empty text ends the pages',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api: [envelope([1], { next: 'a' }), envelope([2], { next: '' })],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'a token may be a number',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api: [envelope([1], { next: 17 }), envelope([2], {})],
    requests: ['/items', '/items?after=17'],
  },
  {
    name: 'a token is encoded as its parameter needs it',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api: [envelope([1], { next: 'a+b/c==&d=é' }), envelope([2])],
    requests: ['/items', '/items?after=a%2Bb%2Fc%3D%3D%26d%3D%C3%A9'],
  },
  {
    name: 'a token below a name with a dot is found',
    source: cursor(`cursor_path: "$['next.token']", cursor_param: after`),
    api: [envelope([1], { 'next.token': 'a' }), envelope([2])],
    requests: ['/items', '/items?after=a'],
  },
  {
    name: 'the size of a page is sent with the token',
    source: cursor('cursor_path: $.next, cursor_param: after, page_size: 50, page_size_param: limit'),
    api: [envelope([1], { next: 'a' }), envelope([2])],
    requests: ['/items?limit=50', '/items?limit=50&after=a'],
  },
  {
    name: 'a token goes into the body of a POST',
    source: post('{ type: cursor, cursor_path: $.next, cursor_body_path: $.page.after }'),
    api: [envelope([1], { next: 'a' }), envelope([2])],
    requests: [
      { line: 'POST /items', body: { query: 'all' } },
      { line: 'POST /items', body: { query: 'all', page: { after: 'a' } } },
    ],
    rows: [1, 2],
  },
  {
    name: 'a token of a header goes back in a header',
    source: `endpoint: { paginator: { type: cursor, cursor_header: X-Next, cursor_send_header: X-Continue } }`,
    api: [{ ...ids(1), headers: { 'x-next': 'a' } }, ids(2)],
    requests: [
      { line: '/items', headers: { 'x-continue': null } },
      { line: '/items', headers: { 'x-continue': 'a' } },
    ],
    rows: [1, 2],
  },
  {
    name: 'a token of a header goes into the query',
    source: `endpoint: { paginator: { type: cursor, cursor_header: X-Next, cursor_param: after } }`,
    api: [{ ...ids(1), headers: { 'X-Next': 'a' } }, ids(2)],
    requests: ['/items', '/items?after=a'],
    rows: [1, 2],
  },
  {
    name: "the last record's id is the token while there is more (Stripe)",
    source: cursor('cursor_from_last: $.id, cursor_param: starting_after, has_more_path: $.has_more'),
    api: [
      envelope([9, 8], { has_more: true }),
      envelope([7, 6], { has_more: true }),
      envelope([5], { has_more: false }),
    ],
    requests: ['/items', '/items?starting_after=8', '/items?starting_after=6'],
    rows: [9, 8, 7, 6, 5],
  },
  {
    name: "the last record's id is the token until a page is empty",
    source: cursor('cursor_from_last: $.id, cursor_param: after, stop_after: empty_page'),
    api: [envelope([1, 2]), envelope([3]), envelope([])],
    requests: ['/items', '/items?after=2', '/items?after=3'],
    rows: [1, 2, 3],
  },
  {
    name: "the last record's id is the token until a page is short",
    source: cursor(
      'cursor_from_last: $.id, cursor_param: after, page_size: 2, page_size_param: limit, stop_after: short_page',
    ),
    api: [envelope([1, 2]), envelope([3])],
    requests: ['/items?limit=2', '/items?limit=2&after=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'a last record without the token fails by name',
    source: cursor('cursor_from_last: $.key, cursor_param: after, has_more_path: $.more'),
    api: [envelope([1], { more: true })],
    outcome: /\$\.key|last record/,
    rows: [],
  },
  {
    name: 'a token that comes again fails, and nothing lands',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api:
      () =>
      ({ number }) =>
        envelope([number], { next: 'a' }),
    outcome: /same|repeat|again/i,
    retryable: false,
    asked: 2,
    rows: [],
  },
  {
    name: 'a token of three pages ago fails too',
    source: cursor('cursor_path: $.next, cursor_param: after'),
    api:
      () =>
      ({ number }) =>
        envelope([number], { next: 'abc'[(number - 1) % 3] }),
    outcome: /same|repeat|again/i,
    asked: 4,
    rows: [],
  },
  {
    name: 'new tokens with the same body fail',
    source: `endpoint: { paginator: { type: cursor, cursor_header: X-Next, cursor_param: after } }`,
    api:
      () =>
      ({ number }) => ({ ...ids(1), headers: { 'x-next': `t${number}` } }),
    outcome: /same|repeat|again/i,
    asked: 2,
    rows: [],
  },
  {
    name: 'a window that failed for a moment goes on from the page it failed at',
    source: `client: { max_attempts: 1 }
endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items`,
    api: [envelope([1], { next: 'a' }), refusal(500), envelope([2])],
    fetches: [
      { outcome: /500/, retryable: true, rows: [], requests: ['/items', '/items?after=a'] },
      { rows: [1, 2], requests: ['/items?after=a'] },
    ],
  },
  {
    name: 'has_more true without a token fails: the rest cannot be had',
    source: cursor('cursor_path: $.next, cursor_param: after, has_more_path: $.more'),
    api: [envelope([1], { more: true, next: null })],
    outcome: /more|token/i,
    rows: [],
  },
  {
    name: 'has_more false ends the pages although a token is there',
    source: cursor('cursor_path: $.next, cursor_param: after, has_more_path: $.more'),
    api: [envelope([1], { more: true, next: 'a' }), envelope([2], { more: false, next: 'b' })],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'fewer records than the total fail where the token ends too soon',
    source: cursor('cursor_path: $.next, cursor_param: after, total_path: $.total'),
    api: [envelope([1], { total: 3, next: 'a' }), envelope([2], { total: 3, next: null })],
    outcome: /2 .*3|3 .*2/,
    retryable: true,
    rows: [],
  },
  {
    name: 'a token with an empty page ends where the API always gives one (NWS)',
    source: cursor('cursor_path: $.next, cursor_param: after, stop_after: empty_page'),
    api: [envelope([1], { next: 'a' }), envelope([], { next: 'b' })],
    asked: 2,
    rows: [1],
  },
  {
    name: 'every key of the continuation is sent back, until there is none (MediaWiki)',
    source: `{ endpoint: { params: { action: query }, paginator: { type: continue, continue_path: $.continue } }, data_selector: $.items }`,
    api: [
      envelope([1], { continue: { rccontinue: '20261121|7', continue: '-||' } }),
      envelope([2], { continue: { rccontinue: '20261121|9', continue: '-||' } }),
      envelope([3], { batchcomplete: true }),
    ],
    requests: [
      '/items?action=query',
      '/items?action=query&rccontinue=20261121|7&continue=-||',
      '/items?action=query&rccontinue=20261121|9&continue=-||',
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'a key of the last continuation that is not named again is not sent again',
    source: `{ endpoint: { paginator: { type: continue, continue_path: $.continue } }, data_selector: $.items }`,
    api: [envelope([1], { continue: { a: 1, b: 2 } }), envelope([2], { continue: { b: 3 } }), envelope([3])],
    requests: ['/items', '/items?a=1&b=2', '/items?b=3'],
  },
  {
    name: 'the same continuation again fails',
    source: `{ endpoint: { paginator: { type: continue, continue_path: $.continue } }, data_selector: $.items }`,
    api:
      () =>
      ({ number }) =>
        envelope([number], { continue: { a: 1 } }),
    outcome: /same|repeat|again/i,
    asked: 2,
    rows: [],
  },
  {
    name: 'columns of the envelope are of their own page',
    source: `endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items
columns: { id: bigint, of: { type: bigint, from_response: $.page } }`,
    api: [envelope([1, 2], { page: 1, next: 'a' }), envelope([3], { page: 2 })],
    rows: [
      { id: 1, of: 1 },
      { id: 2, of: 1 },
      { id: 3, of: 2 },
    ],
  },
  {
    name: 'an envelope whose list is missing fails on a later page too',
    source: `client: { max_attempts: 1 }
endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items`,
    api: [envelope([1], { next: 'a' }), json({ message: 'busy' })],
    outcome: /\$\.items|busy/,
    rows: [],
  },
  {
    name: 'each slice has pages of its own, and tokens of its own',
    source: `for_each: { shop: [1, 2] }
endpoint: { path: 'shops/{shop}/items', paginator: { type: cursor, cursor_path: $.next, cursor_param: after } }
data_selector: $.items`,
    api: {
      '/shops/1/items': [envelope([1], { next: 'a' }), envelope([2])],
      '/shops/2/items': [envelope([3], { next: 'a' }), envelope([4])],
    },
    requests: ['/shops/1/items', '/shops/1/items?after=a', '/shops/2/items', '/shops/2/items?after=a'],
    rows: [1, 2, 3, 4],
  },
  {
    name: 'a token that no header can carry fails by name, and is not sent',
    source:
      'endpoint: { paginator: { type: cursor, cursor_path: $.next, cursor_send_header: X-After } }\ndata_selector: $.items',
    api: [envelope([1], { next: 'a\r\nX-Evil: 1' })],
    outcome: /header|token|character/i,
    retryable: false,
    asked: 1,
    rows: [],
  },
  {
    name: 'the token of the last record in CSV',
    source:
      'endpoint: { response_format: csv, paginator: { type: cursor, cursor_from_last: $.id, cursor_param: after, stop_after: empty_page } }',
    api: [text('id\n1\n2\n', 'text/csv'), text('id\n', 'text/csv')],
    requests: ['/items', '/items?after=2'],
    rows: [1, 2],
  },
];
