/** Rows that are left out, deleted, changed or filed for good. */
import { json } from '../answers.ts';
import type { Row } from '../row.ts';

/** A list that is fetched once, and the feed of its changes, in one table. */
const listAndEvents = (feed = '') => `every: once
columns: { id: bigint, state: string, at: timestamp }
order_by: at
resources:
  - name: item_events
    table_name: items
    endpoint: { path: events, params: { since: '{incremental.start_value}' } }
    incremental: { cursor_path: $.at, initial_value: '2026-01-01' }
    columns:
      id: { type: bigint, from: $.item.id }
      state: { type: string, from: $.item.state }
      at: timestamp
    order_by: at
    delete_when: "json_extract_string(record, '$.type') = 'deleted'"
${feed}`;
const event = (id: number, type: string, at: string) => ({ type, at, item: { id, state: type } });
const listed = [1, 2, 3].map((id) => ({ id, state: 'listed', at: '2026-11-21T10:00:00Z' }));

export const entities: Row[] = [
  {
    name: 'include_when leaves out pull requests (GitHub)',
    source: `columns: { id: bigint, title: string }
include_when: "json_extract(record, '$.pull_request') IS NULL"`,
    api: [
      json([
        { id: 1, title: 'a' },
        { id: 2, title: 'b', pull_request: { url: 'x' } },
      ]),
    ],
    rows: [{ id: 1, title: 'a' }],
    filtered: 1,
  },
  {
    name: 'include_when over columns',
    source: `columns: { id: bigint, mag: double }\ninclude_when: mag >= 2.5`,
    api: [
      json([
        { id: 1, mag: 3 },
        { id: 2, mag: 1 },
        { id: 3, mag: null },
      ]),
    ],
    rows: [{ id: 1 }],
    filtered: 2,
  },
  {
    name: 'delete_when takes a row away that was stored',
    source: `columns: { id: bigint, deleted: boolean }\ndelete_when: deleted`,
    api: [
      json([
        { id: 1, deleted: false },
        { id: 2, deleted: false },
      ]),
      json([{ id: 1, deleted: true }]),
    ],
    fetches: [{ table: [1, 2] }, { table: [2] }],
  },
  {
    name: 'a deleted row that comes back is there again',
    source: `columns: { id: bigint, deleted: boolean }\ndelete_when: deleted`,
    api: [json([{ id: 1, deleted: true }]), json([{ id: 1, deleted: false }])],
    fetches: [{ table: [] }, { table: [1] }],
  },
  {
    name: 'an older record that arrives late does not bring a deleted row back',
    source: `columns: { id: bigint, deleted: boolean, n: bigint }\ndelete_when: deleted\norder_by: n`,
    api: [json([{ id: 1, deleted: true, n: 2 }]), json([{ id: 1, deleted: false, n: 1 }])],
    fetches: [{ table: [] }, { table: [] }],
  },
  {
    name: 'an immutable event time files a row by when it was made, however often it changes',
    source: `columns: { id: bigint, made: timestamp, n: bigint }
event_time: { column: made, immutable: true }
partition_by: month
order_by: n`,
    api: [
      json([{ id: 1, made: '2026-03-31T23:59:59Z', n: 1 }]),
      json([{ id: 1, made: '2026-03-31T23:59:59Z', n: 2 }]),
    ],
    fetches: [
      { rows: [{ id: 1, _file: 'year=2026/month=03/part-0.parquet' }] },
      { rows: [{ _file: 'year=2026/month=03/part-0.parquet' }], table: [{ id: 1, n: 2 }] },
    ],
  },
  {
    name: 'an event time that may change and is no part of the key is refused',
    source: `columns: { id: bigint, at: timestamp }
event_time: at
partition_by: day`,
    api: [],
    refused: /immutable|primary_key/,
  },
  {
    name: 'a year that the table cannot hold goes to quarantine',
    source: `columns: { id: bigint, at: timestamp }
primary_key: [id, at]
event_time: at
partition_by: day`,
    api: [
      json([
        { id: 1, at: '1999-01-01T00:00:00Z' },
        { id: 2, at: '2026-01-01T00:00:00Z' },
      ]),
    ],
    rows: [2],
    rejects: ['year_out_of_range'],
  },
  {
    name: 'what is not in this version is refused by name: change_feed',
    source: 'change_feed: { endpoint: { path: events } }',
    api: [],
    refused: /change_feed/,
  },
  {
    name: 'moving_keys takes an event time that changes: one row of a key, the latest',
    source: `columns: { id: bigint, due: timestamp }
event_time: due
moving_keys: true
partition_by: day`,
    api: [json([{ id: 1, due: '2026-11-20T00:00:00Z' }]), json([{ id: 1, due: '2026-12-24T00:00:00Z' }])],
    fetches: [
      { everyRow: { _file: 'year=2026/month=11/day=20/part-0.parquet' } },
      {
        everyRow: { _file: 'year=2026/month=12/day=24/part-0.parquet' },
        table: [{ id: 1, due: '2026-12-24 00:00:00' }],
      },
    ],
  },
  {
    name: 'moving_keys in a table of one partition is refused: there is nowhere to move to',
    source: 'moving_keys: true',
    api: [],
    refused: /with partition_by: none a row has nowhere to move to/,
  },
  {
    name: 'a row without its key goes to quarantine',
    api: [json([{ id: 1 }, { id: null }, {}])],
    rows: [1],
    rejects: ['key_null', 'key_null'],
  },
  {
    name: 'rows of one key: the last by order_by wins, whenever it arrives',
    source: 'columns: { id: bigint, n: bigint }\norder_by: n',
    api: [json([{ id: 1, n: 5 }]), json([{ id: 1, n: 4 }])],
    fetches: [{ table: [{ id: 1, n: 5 }] }, { table: [{ id: 1, n: 5 }] }],
  },
  {
    name: 'a list once, then its events: two resources feed one table',
    source: listAndEvents(),
    api: {
      '/items': json(listed),
      '/events': [
        json([event(2, 'changed', '2026-11-21T10:30:00Z'), event(3, 'deleted', '2026-11-21T10:31:00Z')]),
        json([event(4, 'made', '2026-11-21T11:30:00Z')]),
      ],
    },
    fetches: [
      { requests: ['/items'], table: [1, 2, 3] },
      {
        resource: 'item_events',
        requests: ['/events?since=2026-01-01T00:00:00Z'],
        table: [
          { id: 1, state: 'listed' },
          { id: 2, state: 'changed' },
        ],
      },
      { resource: 'item_events', requests: ['/events?since=2026-11-21T10:31:00Z'], table: [1, 2, 4] },
    ],
  },
  {
    name: 'events that are older than the list do not win, nor do late ones over newer ones',
    source: listAndEvents(),
    api: {
      '/items': json(listed),
      '/events': [
        json([event(1, 'deleted', '2026-11-21T09:00:00Z'), event(2, 'changed', '2026-11-21T09:30:00Z')]),
        json([event(3, 'deleted', '2026-11-21T11:00:00Z')]),
        json([event(3, 'changed', '2026-11-21T10:59:00Z')]),
      ],
    },
    fetches: [
      { resource: 'item_events', table: [{ id: 2, state: 'changed' }] },
      { table: [1, 2, 3].map((id) => ({ id, state: 'listed' })) },
      { resource: 'item_events', table: [1, 2] },
      { resource: 'item_events', table: [1, 2] },
    ],
  },
  {
    name: 'the list after the events does not bring a deleted row back',
    source: listAndEvents(),
    api: { '/items': json(listed), '/events': json([event(2, 'deleted', '2026-11-21T10:01:00Z')]) },
    fetches: [{ resource: 'item_events', table: [] }, { table: [1, 3] }],
  },
  {
    name: 'resources whose tables differ cannot feed one: columns',
    source: listAndEvents().replace('type: bigint, from: $.item.id', 'type: string, from: $.item.id'),
    api: [],
    refused:
      /'items' and 'item_events' feed one table, items, and differ: column id is bigint there, varchar here/,
  },
  {
    name: 'resources whose tables differ cannot feed one: the key',
    source: listAndEvents('    primary_key: [id, state]'),
    api: [],
    refused: /differ: primary_key is id there, id, state here/,
  },
  {
    name: 'resources whose tables differ cannot feed one: files',
    source: listAndEvents('    files_per_partition: 2'),
    api: [],
    refused: /differ: files_per_partition is 1 there, 2 here/,
  },
  {
    name: 'resources whose tables differ cannot feed one: the order',
    source: listAndEvents().replace('    order_by: at\n', ''),
    api: [],
    refused: /differ: order_by is at there, not said here/,
  },
];
