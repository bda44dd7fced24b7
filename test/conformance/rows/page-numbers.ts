/** Single pages and pages by number: where they begin, how they are sent, when they end. */
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const number = (more: string) => `endpoint: { paginator: { type: page_number, ${more} } }`;

export const pageNumbers: Row[] = [
  {
    name: 'a single page is one request',
    api: [ids(1, 2)],
    requests: ['/items'],
    rows: [1, 2],
  },
  {
    name: 'a single page may be empty',
    api: [ids()],
    requests: ['/items'],
    rows: [],
  },
  {
    name: 'page numbers begin at 1 and end at the first empty page',
    source: number('stop_after: empty_page'),
    api: [ids(1, 2), ids(3), ids()],
    requests: ['/items?page=1', '/items?page=2', '/items?page=3'],
    rows: [1, 2, 3],
  },
  {
    name: 'page numbers end at an empty page where nothing else is said',
    source: number('base_page: 1'),
    api: [ids(1, 2), ids(3), ids()],
    asked: 3,
    rows: [1, 2, 3],
  },
  {
    name: 'page numbers may begin at 0',
    source: number('base_page: 0, stop_after: empty_page'),
    api: [ids(1), ids(2), ids()],
    requests: ['/items?page=0', '/items?page=1', '/items?page=2'],
    rows: [1, 2],
  },
  {
    name: 'the page and its size have names of their own, a short page is the last',
    source: number('page_param: seite, page_size: 2, page_size_param: anzahl, stop_after: short_page'),
    api: [ids(1, 2), ids(3)],
    requests: ['/items?seite=1&anzahl=2', '/items?seite=2&anzahl=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'a last page that is just full costs one request more',
    source: number('page_size: 2, page_size_param: limit, stop_after: short_page'),
    api: [ids(1, 2), ids(3, 4), ids()],
    asked: 3,
    rows: [1, 2, 3, 4],
  },
  {
    name: 'the page number is sent in the body of a POST',
    source: `endpoint:
  method: POST
  json: { query: all, paging: { size: 2 } }
  paginator: { type: page_number, page_body_path: $.paging.number, stop_after: empty_page }`,
    api: [ids(1), ids()],
    requests: [
      { line: 'POST /items', body: { query: 'all', paging: { size: 2, number: 1 } } },
      { line: 'POST /items', body: { query: 'all', paging: { size: 2, number: 2 } } },
    ],
    rows: [1],
  },
  {
    name: 'parents that a body lacks are made for the page number and its size',
    source: `endpoint:
  method: POST
  json: { query: all }
  paginator: { type: page_number, page_body_path: $.page.number, page_size: 50, page_size_body_path: $.page.size, stop_after: empty_page }`,
    api: [ids(1), ids()],
    requests: [
      { line: 'POST /items', body: { query: 'all', page: { number: 1, size: 50 } } },
      { line: 'POST /items', body: { query: 'all', page: { number: 2, size: 50 } } },
    ],
  },
  {
    name: 'the page number is sent in a header',
    source: number('page_header: X-Page, stop_after: empty_page'),
    api: [ids(1), ids()],
    requests: [
      { line: '/items', headers: { 'x-page': '1' } },
      { line: '/items', headers: { 'x-page': '2' } },
    ],
    rows: [1],
  },
  {
    name: 'a parameter that both the endpoint and the paginator set is refused when the source is read',
    source: `endpoint: { params: { page: 7, sort: id }, paginator: { type: page_number, stop_after: empty_page } }`,
    api: [],
    refused: /'page' is set by the paginator/,
  },
  {
    name: 'an answer of 204 is an empty page',
    source: number('stop_after: empty_page'),
    api: [ids(1), { status: 204 }],
    asked: 2,
    rows: [1],
  },
  {
    name: 'a page behind the last that is a 404 ends the pages where a rule says so',
    source: `endpoint:
  paginator: { type: page_number, stop_after: empty_page }
  response_filters: [{ status: 404, action: stop_paging }]`,
    api: [ids(1), ids(2), refusal(404, 'no such page')],
    asked: 3,
    rows: [1, 2],
  },
  {
    name: 'the same 404 without a rule fails the window, and nothing of it lands',
    source: number('stop_after: empty_page'),
    api: [ids(1), ids(2), refusal(404, 'no such page')],
    outcome: /404/,
    rows: [],
  },
  {
    name: 'a connection cut in the second page asks for that page again, and lands each page once',
    source: number('stop_after: empty_page'),
    api: [ids(1), { ...ids(2, 22, 222), cutAfter: 5 }, ids(2, 22, 222), ids()],
    requests: ['/items?page=1', '/items?page=2', '/items?page=2', '/items?page=3'],
    rows: [1, 2, 22, 222],
  },
  {
    name: 'a page that cannot be had fails the whole window: a cut-short window is no success',
    source: `client: { base_url: '{api}/', concurrency: 1, max_attempts: 2 }
endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), refusal(500), refusal(500)],
    outcome: /500/,
    retryable: true,
    asked: 3,
    rows: [],
  },
  {
    name: 'a window of counted pages that failed is asked for again from its first page: pages may have shifted',
    source: `client: { max_attempts: 1 }
endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), refusal(500), ids(1), ids(2), ids()],
    fetches: [
      { outcome: /500/, rows: [], requests: ['/items?page=1', '/items?page=2'] },
      { rows: [1, 2], requests: ['/items?page=1', '/items?page=2', '/items?page=3'] },
    ],
  },
  {
    name: 'a window that was refused is asked for again from its first page',
    source: `endpoint: { paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), refusal(400), ids(1), ids(2), ids()],
    fetches: [
      { outcome: /400/, rows: [], requests: ['/items?page=1', '/items?page=2'] },
      { rows: [1, 2], requests: ['/items?page=1', '/items?page=2', '/items?page=3'] },
    ],
  },
  {
    name: "the client's paginator holds for every resource that has none",
    source: `client: { paginator: { type: page_number, page_param: p, stop_after: empty_page } }`,
    api: [ids(1), ids()],
    requests: ['/items?p=1', '/items?p=2'],
  },
  {
    name: "the endpoint's paginator goes before those of the defaults and of the client",
    source: `client: { paginator: { type: page_number, page_param: c, stop_after: empty_page } }
resource_defaults: { endpoint: { paginator: { type: page_number, page_param: d, stop_after: empty_page } } }
endpoint: { paginator: single_page }`,
    api: [ids(1)],
    requests: ['/items'],
  },
  {
    name: "the defaults' paginator goes before the client's",
    source: `client: { paginator: { type: page_number, page_param: c, stop_after: empty_page } }
resource_defaults: { endpoint: { paginator: { type: page_number, page_param: d, stop_after: empty_page } } }`,
    api: [ids(1), ids()],
    requests: ['/items?d=1', '/items?d=2'],
  },
  {
    name: 'pages of an object that holds one record each',
    source: `{ endpoint: { paginator: { type: page_number, has_more_path: $.more } }, shape: object }`,
    api: [json({ id: 1, more: true }), json({ id: 2, more: false })],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'a form is sent as a form, with its page',
    source: `endpoint: { method: POST, form: { q: 'a b&c' }, paginator: { type: page_number, stop_after: empty_page } }`,
    api: [ids(1), ids()],
    requests: [
      {
        line: 'POST /items?page=1',
        body: 'q=a+b%26c',
        headers: { 'content-type': /^application\/x-www-form-urlencoded/ },
      },
      { line: 'POST /items?page=2', body: 'q=a+b%26c' },
    ],
  },
];
