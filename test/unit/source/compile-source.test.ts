import { expect } from 'chai';
import { defaultClient, defaultEndpoint, defaultResource } from '../../../pipeline/source/default-parts.ts';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import { sourceKey, sourceText } from '../../../pipeline/source/source-key.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { changed, loadText } from './load-weather.ts';

const full = `version: 1
name: orders
attribution: >
  Made up,
  CC0
client:
  base_url: https://api.example.com/v2
  headers: { Accept: application/json, X-Braces: '{{a}}' }
  auth: { type: api_key, name: X-Key, api_key: { secret: orders/key, store: secrets-manager } }
  timeout: PT1M
  concurrency: 2
  max_attempts: 6
resources:
  - name: orders
    every: PT15M
    for_each: { shop: [{ id: 7, region: null }, { id: 8, region: eu }] }
    endpoint:
      path: /shops/{shop.id}/orders
      method: POST
      params: { region: '{shop.region}', page_size: 100, all: true, none: null }
      headers: { X-Shop: '{shop.id}' }
      json: { shop: '{shop.id}', states: [open, '{{closed}}'], limit: 5 }
    data_selector: $.data.orders
    columns:
      shop: { type: integer, value: '{shop.id}' }
      id: bigint
      created_at: { type: timestamp, from: $.times.created, unit: ms }
      updated_at: { type: timestamp, format: '%Y-%m-%d %H:%M:%S', timezone: UTC }
      day: date
      total: { type: 'decimal(18, 2)', exact: true }
      currency: { type: string, from_response: $.meta.currency }
    primary_key: [shop, id]
    event_time: { column: created_at, immutable: true }
    order_by: updated_at
    partition_by: month
    first_year: 2015
    files_per_partition: 4
`;

const orders: TableDefinition = {
  name: 'orders',
  data_selector: '$.data.orders',
  shape: 'list',
  columns: [
    { name: 'shop', type: 'bigint', from: { template: '{shop.id}' } },
    { name: 'id', type: 'bigint', from: { record: '$.id' } },
    { name: 'created_at', type: 'timestamp', from: { record: '$.times.created' }, unit: 'ms' },
    {
      name: 'updated_at',
      type: 'timestamp',
      from: { record: '$.updated_at' },
      format: '%Y-%m-%d %H:%M:%S',
      timezone: 'UTC',
    },
    { name: 'day', type: 'date', from: { record: '$.day' } },
    { name: 'total', type: 'decimal(18,2)', from: { record: '$.total' }, exact: true },
    { name: 'currency', type: 'varchar', from: { response: '$.meta.currency' } },
  ],
  primary_key: ['shop', 'id'],
  event_time: 'created_at',
  partition_by: 'month',
  first_year: 2015,
  files_per_partition: 4,
  order_by: ['updated_at'],
};

async function compile(text: string): Promise<CompiledSource> {
  const loaded = await loadText(text);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.source;
}

describe('compileSource', () => {
  it('fills in defaults, keeps templates and compiles the table', async () => {
    expect(await compile(full)).to.deep.equal({
      v: 1,
      name: 'orders',
      attribution: 'Made up, CC0',
      client: {
        base_url: 'https://api.example.com/v2/',
        headers: { Accept: 'application/json', 'X-Braces': '{a}' },
        auth: {
          type: 'api_key',
          name: 'X-Key',
          location: 'header',
          api_key: { secret: 'orders/key', store: 'secrets-manager' },
        },
        timeout_ms: 60_000,
        concurrency: 2,
        max_attempts: 6,
        max_waiting_ms: 300_000,
      },
      resources: [
        {
          name: 'orders',
          every_ms: 900_000,
          endpoint: {
            path: 'shops/{shop.id}/orders',
            method: 'POST',
            params: { region: '{shop.region}', page_size: '100', all: 'true' },
            headers: { 'X-Shop': '{shop.id}' },
            json: { shop: '{shop.id}', states: ['open', '{{closed}}'], limit: 5 },
            paginator: { type: 'single_page' },
            response_filters: [],
            response: { format: 'json' },
            conditional: false,
          },
          data_selector: '$.data.orders',
          shape: 'list',
          slices: [{ shop: { id: 7, region: null } }, { shop: { id: 8, region: 'eu' } }],
          on_slice_error: 'fail',
          envelope: ['$.meta.currency'],
          protect: [],
          child_tables: [],
          table: compileTable(orders),
          definitions: [orders],
        },
      ],
    });
  });

  it('needs little', async () => {
    const source = await compile(`version: 1
name: least
client: { base_url: http://localhost:1234 }
resources:
  - { name: things, endpoint: { path: '' }, columns: { id: string }, partition_by: none }
`);
    expect(source.client).to.deep.equal({ ...defaultClient, base_url: 'http://localhost:1234/' });
    expect(source.resources[0]).to.deep.include({
      ...defaultResource,
      endpoint: { ...defaultEndpoint, path: '' },
      shape: 'list',
    });
    expect(source.resources[0]?.table.key).to.deep.equal(['_object', '_line', '_row']);
  });
});

describe('sourceKey', () => {
  it('names the source and its content: the same for the same file, another for any change', async () => {
    const source = await compile(full);
    expect(sourceKey(source)).to.match(/^sources\/orders-[0-9a-f]{64}\.json$/);
    expect(sourceKey(await compile(full))).to.equal(sourceKey(source));
    expect(sourceKey(await compile(`# a comment\n${full}`))).to.equal(sourceKey(source));
    expect(sourceKey(await compile(changed('PT15M', 'PT30M', full)))).to.not.equal(sourceKey(source));
    expect(JSON.parse(sourceText(source))).to.deep.equal(source);
  });
});
