/** What the API says of all pages together, and guards against pages that never end. */
import { envelope, ids } from '../answers.ts';
import type { Row } from '../row.ts';

const number = (more: string) => `endpoint: { paginator: { type: page_number, ${more} } }`;

const inItems = (paginator: string) =>
  `{ endpoint: { paginator: { ${paginator} } }, data_selector: $.items }`;

export const pageTotals: Row[] = [
  {
    name: 'the number of pages in the answer ends the pages',
    source: inItems('type: page_number, total_pages_path: $.pages'),
    api: [envelope([1, 2], { pages: 2 }), envelope([3], { pages: 2 })],
    requests: ['/items?page=1', '/items?page=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'the number of records in the answer ends the pages, without an empty page',
    source: inItems('type: page_number, total_path: $.total'),
    api: [envelope([1, 2], { total: 3 }), envelope([3], { total: 3 })],
    requests: ['/items?page=1', '/items?page=2'],
    rows: [1, 2, 3],
  },
  {
    name: 'a total of none is one request',
    source: inItems('type: page_number, total_path: $.total'),
    api: [envelope([], { total: 0 })],
    asked: 1,
    rows: [],
  },
  {
    name: 'a total written as text counts',
    source: inItems('type: page_number, total_path: $.total'),
    api: [envelope([1, 2], { total: '3' }), envelope([3], { total: '3' })],
    asked: 2,
    rows: [1, 2, 3],
  },
  {
    name: 'pages that end before the total fail, and nothing lands',
    source: inItems('type: page_number, total_path: $.total, stop_after: empty_page'),
    api: [envelope([1, 2], { total: 5 }), envelope([3], { total: 5 }), envelope([], { total: 5 })],
    outcome: /3 .*5|5 .*3/,
    retryable: true,
    rows: [],
  },
  {
    name: 'more records than the total fail too',
    source: inItems('type: page_number, total_path: $.total'),
    api: [envelope([1, 2, 3], { total: 2 })],
    outcome: /total|3 .*2|2 .*3/,
    rows: [],
  },
  {
    name: 'a total that grows while the pages are read is no failure',
    source: inItems('type: page_number, total_path: $.total'),
    api: [envelope([1, 2], { total: 3 }), envelope([3, 4], { total: 5 }), envelope([5], { total: 5 })],
    asked: 3,
    rows: [1, 2, 3, 4, 5],
  },
  {
    name: 'has_more false ends the pages',
    source: inItems('type: page_number, has_more_path: $.more'),
    api: [envelope([1], { more: true }), envelope([2], { more: false })],
    requests: ['/items?page=1', '/items?page=2'],
    rows: [1, 2],
  },
  {
    name: 'more pages than the cap fail, and nothing lands',
    source: number('maximum_pages: 3, stop_after: empty_page'),
    api:
      () =>
      ({ number: asked }) =>
        ids(asked),
    outcome: /3 pages|maximum_pages/,
    retryable: false,
    asked: 3,
    rows: [],
  },
  {
    name: 'an API that ignores the page number fails by its repeated body',
    source: number('stop_after: empty_page'),
    api: () => () => ids(1, 2),
    outcome: /same|repeat|again/i,
    retryable: false,
    asked: 2,
    rows: [],
  },
  {
    name: 'a body seen three pages ago is a repeated body too',
    source: number('stop_after: empty_page'),
    api:
      () =>
      ({ number: asked }) =>
        ids(((asked - 1) % 3) + 1),
    outcome: /same|repeat|again/i,
    asked: 4,
    rows: [],
  },
  {
    name: 'empty pages within may repeat where has_more decides',
    source: inItems('type: page_number, has_more_path: $.more'),
    api: [
      envelope([1], { more: true }),
      envelope([], { more: true }),
      envelope([], { more: true }),
      envelope([2], { more: false }),
    ],
    asked: 4,
    rows: [1, 2],
  },
  {
    name: 'a total that is no number fails by name',
    source: inItems('type: page_number, total_path: $.total, stop_after: empty_page'),
    api: [envelope([1], { total: 'many' }), envelope([], { total: 'many' })],
    outcome: /total/,
    rows: [],
  },
];
