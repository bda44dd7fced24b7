/** Bodies of more than 8 MB, which are read piece by piece. */
import { gzipSync } from 'node:zlib';
import { ids, json } from '../answers.ts';
import type { Answer } from '../api-server.ts';
import type { Row } from '../row.ts';

const text = (body: string, type = 'application/json'): Answer => ({
  text: body,
  headers: { 'content-type': type },
});

const many = (count: number, of: (id: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, id) => of(id));

const large = (of: (id: number) => Record<string, unknown>) =>
  many(1100, (id) => ({ ...of(id), pad: 'x'.repeat(8_000) }));

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

const sinceId = "params: { since: '{incremental.start_value}' }";

export const largeBodies: Row[] = [
  {
    name: 'a cursor of a list of more than 8 MB is the greatest of all parts',
    source: `endpoint: { ${sinceId} }\n${byId}`,
    api: [json(large((id) => ({ id: id === 500 ? 99_999 : id }))), ids()],
    fetches: [{ rowCount: 1100, cursors: [99_999] }, { requests: ['/items?since=99999'] }],
  },
  {
    name: 'an API that cannot filter, with a list of more than 8 MB: older records are left out of it',
    source: `incremental: { cursor_path: $.id, cursor_type: number, initial_value: 1000, client_side: true }`,
    api: [json(large((id) => ({ id })))],
    rowCount: 100,
    cursors: [1099],
  },
  {
    name: 'the same list of more than 8 MB on two pages is found out',
    source: 'endpoint: { paginator: { type: page_number, stop_after: empty_page } }',
    api: () => () => json(large((id) => ({ id }))),
    outcome: /same|again/,
    asked: 2,
    rows: [],
  },
  {
    name: 'a total after a list of more than 8 MB is read',
    source: '{ endpoint: { paginator: { type: page_number, total_path: $.total } }, data_selector: $.items }',
    api: [
      json({ items: large((id) => ({ id })), total: 1101 }),
      json({ items: [{ id: 5000 }], total: 1101 }),
    ],
    asked: 2,
    rowCount: 1101,
  },
  {
    name: 'a body of more than 8 MB that is cut in the middle lands nothing of it',
    source: 'client: { max_attempts: 1 }',
    api: [{ ...json(large((id) => ({ id }))), cutAfter: 8_700_000 }],
    outcome: /connection|terminated|closed|aborted/,
    rows: [],
  },
  {
    name: 'a body of more than 8 MB that ends in the API’s error text lands nothing of it',
    source: 'client: { max_attempts: 1 }',
    api: [
      text(`${JSON.stringify(large((id) => ({ id }))).slice(0, -1)},Unexpected error while streaming data`),
    ],
    outcome: /JSON|damaged|error/i,
    rows: [],
  },
  {
    name: 'a gzip of more than 8 MB unpacked streams too',
    api: [
      { bytes: gzipSync(JSON.stringify(large((id) => ({ id })))), headers: { 'content-encoding': 'gzip' } },
    ],
    rowCount: 1100,
  },
  {
    name: 'a record of more than 8 MB fails by its size, instead of a line that nobody can read',
    source: 'client: { max_attempts: 1 }',
    api: [json([{ id: 1, pad: 'x'.repeat(9_000_000) }])],
    outcome: /larger than a line may be/,
    retryable: false,
    rows: [],
  },
  {
    name: 'a column of the envelope behind a large list is not lost',
    source:
      'client: { max_attempts: 1 }\ndata_selector: $.items\ncolumns: { id: bigint, of: { type: string, from_response: $.name } }',
    api: [json({ items: large((id) => ({ id })), name: 'behind' })],
    outcome: /\$\.name|before|behind/,
    rows: [],
  },
];
