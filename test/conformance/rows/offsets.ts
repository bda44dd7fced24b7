/** Pages by how many records come before them. */
import { envelope, ids } from '../answers.ts';
import type { Row } from '../row.ts';

const offset = (more: string) => `endpoint: { paginator: { type: offset, ${more} } }`;

const inItems = (paginator: string) =>
  `{ endpoint: { paginator: { ${paginator} } }, data_selector: $.items }`;

export const offsets: Row[] = [
  {
    name: 'an offset begins at 0 and moves by the limit',
    source: offset('limit: 2, stop_after: short_page'),
    api: [ids(1, 2), ids(3)],
    requests: ['/items?offset=0&limit=2', '/items?offset=2&limit=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'an offset may begin at 1, as USGS counts',
    source: offset('base_offset: 1, limit: 2, stop_after: short_page'),
    api: [ids(1, 2), ids(3)],
    requests: ['/items?offset=1&limit=2', '/items?offset=3&limit=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'offset and limit have names of their own',
    source: offset('limit: 2, offset_param: skip, limit_param: take, stop_after: short_page'),
    api: [ids(1, 2), ids()],
    requests: ['/items?skip=0&take=2', '/items?skip=2&take=2'],
    rows: [1, 2],
  },
  {
    name: 'offset and limit are sent in the body of a POST',
    source: `endpoint:
  method: POST
  json: {}
  paginator: { type: offset, limit: 2, offset_body_path: $.from, limit_body_path: $.size, stop_after: short_page }`,
    api: [ids(1, 2), ids(3)],
    requests: [
      { line: 'POST /items', body: { from: 0, size: 2 } },
      { line: 'POST /items', body: { from: 2, size: 2 } },
    ],
    rows: [1, 2, 3],
  },
  {
    name: 'an API that caps the limit leaves no hole: the offset moves by what came',
    source: offset('limit: 1000, stop_after: empty_page'),
    api:
      () =>
      ({ query }) => {
        const from = Number(query.get('offset'));
        return ids(...[1, 2, 3, 4, 5].slice(from, from + 2));
      },
    rows: [1, 2, 3, 4, 5],
  },
  {
    name: 'a short page in the middle is found out by the total',
    source: inItems('type: offset, limit: 3, total_path: $.total, stop_after: short_page'),
    api: [envelope([1, 2, 3], { total: 6 }), envelope([4], { total: 6 }), envelope([5, 6], { total: 6 })],
    rows: [1, 2, 3, 4, 5, 6],
  },
  {
    name: 'an offset ends at the total without a further request',
    source: inItems('type: offset, limit: 2, total_path: $.total'),
    api: [envelope([1, 2], { total: 4 }), envelope([3, 4], { total: 4 })],
    requests: ['/items?offset=0&limit=2', '/items?offset=2&limit=2'],
    rows: [1, 2, 3, 4],
  },
];
