/** Elements that are the records of another resource. */
import { ids, json, refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const parent = (more = '') => `for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}/items' }
columns: { id: bigint, shop: { type: bigint, value: '{shop.id}' } }
${more}
resources: [{ name: shops, endpoint: { path: shops } }]`;

const byId = 'incremental: { cursor_path: $.id, cursor_type: number, initial_value: 0 }';

const sinceId = "params: { since: '{incremental.start_value}' }";

export const parents: Row[] = [
  {
    name: 'the records of a parent are the elements of its children',
    source: parent(),
    api: { '/shops': ids(7, 8), '/shops/7/items': ids(70), '/shops/8/items': ids(80) },
    requests: ['/shops', '/shops/7/items', '/shops/8/items'],
    rows: [
      { id: 70, shop: 7 },
      { id: 80, shop: 8 },
    ],
  },
  {
    name: 'a parent in pages is read to its end first',
    source: parent().replace(
      'endpoint: { path: shops }',
      'endpoint: { path: shops, paginator: { type: page_number, stop_after: empty_page } }',
    ),
    api: { '/shops': [ids(7), ids(8), ids()], '/shops/7/items': ids(70), '/shops/8/items': ids(80) },
    requests: ['/shops?page=1', '/shops?page=2', '/shops?page=3', '/shops/7/items', '/shops/8/items'],
    rows: [70, 80],
  },
  {
    name: 'a parent without records has no children to ask for',
    source: parent(),
    api: { '/shops': ids() },
    requests: ['/shops'],
    rows: [],
  },
  {
    name: 'a parent that names a record twice is asked for once',
    source: parent(),
    api: { '/shops': ids(7, 7), '/shops/7/items': ids(70) },
    requests: ['/shops', '/shops/7/items'],
    rows: [70],
  },
  {
    name: "fields of a parent's record come from paths",
    source: `for_each: { station: { resource: stations, fields: { id: $.properties.stationIdentifier, name: $.properties.name } } }
endpoint: { path: 'stations/{station.id}' }
columns: { id: bigint, station: { type: string, value: '{station.name}' } }
resources: [{ name: stations, endpoint: { path: stations }, data_selector: $.features, columns: { id: { type: string, from: $.properties.stationIdentifier } } }]`,
    api: {
      '/stations': json({ features: [{ properties: { stationIdentifier: 'KNYC', name: 'Central Park' } }] }),
      '/stations/KNYC': ids(1),
    },
    requests: ['/stations', '/stations/KNYC'],
    rows: [{ id: 1, station: 'Central Park' }],
  },
  {
    name: "a parent's record without the field fails by name",
    source: parent(),
    api: { '/shops': json([{ key: 7 }]) },
    outcome: /shops.*\$\.id|\$\.id.*shops/,
    rows: [],
  },
  {
    name: 'a parent is crossed with a list',
    source: parent()
      .replace('shop: { resource: shops }', 'shop: { resource: shops }, kind: [new, old]')
      .replace("/items' }", "/items', params: { kind: '{kind}' } }"),
    api: { '/shops': ids(7), '/shops/7/items': ids(70) },
    requests: ['/shops', '/shops/7/items?kind=new', '/shops/7/items?kind=old'],
  },
  {
    name: 'a cycle of parents is refused when the source is read',
    source: `for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
resources: [{ name: shops, for_each: { item: { resource: items } }, endpoint: { path: 'items/{item.id}' } }]`,
    api: [],
    refused: /wait for its own records/,
  },
  {
    name: 'a parent that does not exist is refused, with the nearest name',
    source: parent().replace('{ resource: shops }', '{ resource: shop }'),
    api: [],
    refused: /shop.*shops/s,
  },
  {
    name: 'a parent is asked by its own rules, its failure fails the child',
    source: parent(),
    api: { '/shops': refusal(403, 'not yours') },
    outcome: /not yours/,
    rows: [],
  },
  {
    name: 'elements that share a parent request ask for it once in a fetch',
    source: parent(),
    api: {
      '/shops': ids(7, 8, 9),
      '/shops/7/items': ids(),
      '/shops/8/items': ids(),
      '/shops/9/items': ids(),
    },
    asked: 4,
  },
  {
    name: 'a parent with a cursor gives its new records only',
    source: `for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops, ${sinceId} }, ${byId} }]`,
    api: { '/shops': [ids(1, 2), ids(3)], '/shops/1': ids(10), '/shops/2': ids(20), '/shops/3': ids(30) },
    fetches: [
      { requests: ['/shops?since=0', '/shops/1', '/shops/2'], rows: [10, 20] },
      { requests: ['/shops?since=2', '/shops/3'], rows: [30], table: [10, 20, 30] },
    ],
  },
  {
    name: 'a parent’s cursor stays where it was when a child fails',
    source: `client: { max_attempts: 1 }
for_each: { shop: { resource: shops } }
endpoint: { path: 'shops/{shop.id}' }
resources: [{ name: shops, endpoint: { path: shops, ${sinceId} }, ${byId} }]`,
    api: { '/shops': ids(1, 2), '/shops/1': ids(10), '/shops/2': [refusal(500), ids(20)] },
    fetches: [
      { outcome: /500/, rows: [] },
      { requests: ['/shops?since=0', '/shops/2'], rows: [10, 20] },
    ],
  },
];
