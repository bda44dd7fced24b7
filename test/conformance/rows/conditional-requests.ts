/** Asking only for what is new: validators of the last committed answer, and not before it expires. */
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const conditional = 'endpoint: { conditional: true }';
const modified = 'Sat, 21 Nov 2026 09:00:00 GMT';

export const conditionals: Row[] = [
  {
    name: 'an ETag goes back as If-None-Match; a 304 is unchanged, not empty',
    source: conditional,
    api: [
      { ...ids(1), headers: { etag: '"v1"' } },
      { status: 304, headers: { etag: '"v1"' } },
    ],
    fetches: [
      { requests: [{ line: '/items', headers: { 'if-none-match': null } }], unchanged: 0, rows: [1] },
      {
        requests: [{ line: '/items', headers: { 'if-none-match': '"v1"' } }],
        unchanged: 1,
        rows: [],
        table: [1],
      },
    ],
  },
  {
    name: 'a weak ETag goes back as it came',
    source: conditional,
    api: [{ ...ids(1), headers: { etag: 'W/"v1"' } }, { status: 304 }],
    fetches: [{}, { requests: [{ line: '/items', headers: { 'if-none-match': 'W/"v1"' } }], unchanged: 1 }],
  },
  {
    name: 'Last-Modified goes back as If-Modified-Since (MET Norway)',
    source: conditional,
    api: [{ ...ids(1), headers: { 'last-modified': modified } }, { status: 304 }],
    fetches: [
      {},
      { requests: [{ line: '/items', headers: { 'if-modified-since': modified } }], unchanged: 1 },
    ],
  },
  {
    name: 'new data replace the validators',
    source: conditional,
    api: [
      { ...ids(1), headers: { etag: '"v1"' } },
      { ...ids(2), headers: { etag: '"v2"' } },
      { status: 304 },
    ],
    fetches: [
      {},
      { rows: [2], unchanged: 0 },
      { requests: [{ line: '/items', headers: { 'if-none-match': '"v2"' } }], unchanged: 1 },
    ],
  },
  {
    name: 'a 304 keeps the validators it was asked with',
    source: conditional,
    api: [{ ...ids(1), headers: { etag: '"v1"' } }, { status: 304 }, { status: 304 }],
    fetches: [{}, {}, { requests: [{ line: '/items', headers: { 'if-none-match': '"v1"' } }], unchanged: 1 }],
  },
  {
    name: 'nothing is asked for before it expires',
    source: conditional,
    api: [
      { ...ids(1), headers: { 'last-modified': modified, expires: 'Sat, 21 Nov 2026 12:00:00 GMT' } },
      { status: 304 },
    ],
    fetches: [
      { asked: 1 },
      { asked: 0, unchanged: 1, rows: [] },
      { at: '2026-11-21T12:05:00Z', asked: 1, unchanged: 1 },
    ],
  },
  {
    name: 'max-age counts from the answer',
    source: conditional,
    api: [{ ...ids(1), headers: { 'cache-control': 'public, max-age=7200' } }, ids(1, 2)],
    fetches: [{ asked: 1 }, { asked: 0, unchanged: 1 }, { asked: 1, rows: [1, 2] }],
  },
  {
    name: 's-maxage goes before max-age',
    source: conditional,
    api: [{ ...ids(1), headers: { 'cache-control': 'max-age=60, s-maxage=7200' } }, ids(2)],
    fetches: [{}, { asked: 0, unchanged: 1 }],
  },
  {
    name: 'max-age goes before Expires',
    source: conditional,
    api: [
      { ...ids(1), headers: { 'cache-control': 'max-age=60', expires: 'Sat, 21 Nov 2026 23:00:00 GMT' } },
      ids(2),
    ],
    fetches: [{}, { asked: 1, rows: [2] }],
  },
  {
    name: 'no-store keeps nothing',
    source: conditional,
    api: [{ ...ids(1), headers: { etag: '"v1"', 'cache-control': 'no-store' } }, ids(2)],
    fetches: [{}, { requests: [{ line: '/items', headers: { 'if-none-match': null } }], rows: [2] }],
  },
  {
    name: 'no-cache asks each time, with the validator',
    source: conditional,
    api: [
      { ...ids(1), headers: { etag: '"v1"', 'cache-control': 'no-cache, max-age=7200' } },
      { status: 304 },
    ],
    fetches: [{}, { requests: [{ line: '/items', headers: { 'if-none-match': '"v1"' } }], unchanged: 1 }],
  },
  {
    name: 'each element has validators of its own',
    source: `for_each: { city: [A, B] }\nendpoint: { path: '{city}', conditional: true }`,
    api: {
      '/A': [{ ...ids(1), headers: { etag: '"a1"' } }, { status: 304 }],
      '/B': [
        { ...ids(2), headers: { etag: '"b1"' } },
        { ...ids(3), headers: { etag: '"b2"' } },
      ],
    },
    fetches: [
      {},
      {
        requests: [
          { line: '/A', headers: { 'if-none-match': '"a1"' } },
          { line: '/B', headers: { 'if-none-match': '"b1"' } },
        ],
        unchanged: 1,
        rows: [3],
      },
    ],
  },
  {
    name: 'of a window that failed for a moment what has landed is kept, and not asked for again',
    source: `client: { max_attempts: 1 }
for_each: { city: [A, B] }
endpoint: { path: '{city}', conditional: true }`,
    api: { '/A': [{ ...ids(1), headers: { etag: '"a1"' } }, { status: 304 }], '/B': [refusal(500), ids(2)] },
    fetches: [
      { outcome: /500/ },
      { requests: ['/B'], rows: [1, 2] },
      { requests: [{ line: '/A', headers: { 'if-none-match': '"a1"' } }, '/B'], rows: [2] },
    ],
  },
  {
    name: 'validators of a window that was refused are forgotten',
    source: `for_each: { city: [A, B] }
endpoint: { path: '{city}', conditional: true }`,
    api: { '/A': { ...ids(1), headers: { etag: '"a1"' } }, '/B': [refusal(400), ids(2)] },
    fetches: [
      { outcome: /400/ },
      { requests: [{ line: '/A', headers: { 'if-none-match': null } }, '/B'], rows: [1, 2] },
    ],
  },
  {
    name: 'without conditional nothing is sent and nothing expires',
    api: { '/items': { ...ids(1), headers: { etag: '"v1"', 'cache-control': 'max-age=9999' } } },
    fetches: [{}, { requests: [{ line: '/items', headers: { 'if-none-match': null } }], rows: [1] }],
  },
  {
    name: 'a 304 that nobody asked for fails',
    api: [{ status: 304 }],
    outcome: /304/,
  },
  {
    name: 'the same answer again is counted as unchanged, and lands all the same',
    api: { '/items': json([{ id: 1 }]) },
    fetches: [
      { unchanged: 0, rows: [1] },
      { unchanged: 1, table: [1] },
    ],
  },
];
