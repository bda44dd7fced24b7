import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const columns = [
  column('id', 'bigint'),
  column('at', 'timestamp'),
  column('price', 'decimal(9,2)'),
  column('label', 'varchar'),
];
const readings: Partial<TableDefinition> = {
  data_selector: '$.data',
  columns,
  primary_key: ['id'],
  event_time: 'at',
  partition_by: 'day',
};
/** All that a source can ask for, over data that nobody foresaw. */
const demanding: Partial<TableDefinition> = {
  ...readings,
  columns: [
    column('id', 'bigint', { trim: true, null_if: [0, 'x'] }),
    column('at', 'timestamp', { default: '2026-11-21T10:00:00Z' }),
    column('price', 'decimal(9,2)', { min: -1, max: 10, on_fail: 'warn' }),
    column('label', 'varchar', { in: ['14', 'x'], matches: '..?', on_fail: 'fail' }),
    { name: 'sum', type: 'bigint', from: { expression: 'id * 4611686018427387904' } },
    { name: 'number', type: 'double', from: { expression: "CAST(record->>'other' AS DOUBLE) / sum" } },
    { name: 'part', type: 'varchar', from: { expression: "substr(label, id) || record->'data'->>0" } },
  ],
  include_when: "price IS NULL OR price < 5 OR CAST(record->>'*' AS INTEGER) = 1",
  delete_when: "CAST(record->>'label' AS BOOLEAN)",
  schema_contract: { columns: 'freeze', data_type: 'freeze' },
};
const tables: [about: string, Partial<TableDefinition>][] = [
  ['shape object', { ...readings, shape: 'object' }],
  ['shape list', { ...readings, shape: 'list' }],
  ['shape columns', { ...readings, shape: 'columns' }],
  [
    'shape map',
    { ...readings, shape: 'map', columns: [...columns, { name: 'k', type: 'double', from: { key: true } }] },
  ],
  ['a demanding list', { ...demanding, shape: 'list' }],
  ['a demanding map', { ...demanding, shape: 'map' }],
  ['demanding columns', { ...demanding, shape: 'columns' }],
  ['children of a list', { ...demanding, shape: 'list', records: '$.data' }],
  [
    'children of a map that discards values',
    {
      ...readings,
      shape: 'map',
      records: '$.other',
      schema_contract: { columns: 'discard_value', data_type: 'discard_value' },
    },
  ],
];
const specs = tables.map(([about, table]) => ({ about, spec: compileTable(tableDefinition(table)) }));

const names = fc.constantFrom('id', 'at', 'price', 'label', 'data', 'other', '', '"', '*');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      0,
      -1.5,
      1e300,
      14,
      '14',
      'x',
      '2026-11-21T10:00:00Z',
      '\u0000',
      '\ud83d\ude00',
    ),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(names, tie('any'), { maxKeys: 4 }),
  ),
})).any;
const body = fc.oneof(
  value,
  fc.record({ data: value }),
  fc.record({ data: fc.array(value, { maxLength: 5 }) }),
);
const line = body.map((found) =>
  JSON.stringify({
    v: 1,
    scheduled_at: '2026-11-21T10:00:00Z',
    fetched_at: '2026-11-21T10:00:05Z',
    request: { for: {} },
    body: found,
  }),
);
/** As the wire may leave it: cut short, a character changed, nothing of the kind. */
const brokenLine = fc.oneof(
  fc.tuple(line, fc.nat()).map(([text, length]) => text.slice(0, length % text.length)),
  fc
    .tuple(line, fc.nat(), fc.constantFrom('"', '{', ']', ',', '\\', '0', ' '))
    .map(([text, place, character]) => {
      const at = place % text.length;
      return text.slice(0, at) + character + text.slice(at + 1);
    }),
  fc.string(),
);

describe('the parse statement', function () {
  this.timeout(20_000);
  let duck: DuckDBConnection;

  before(async () => {
    duck = await openDuck();
  });

  for (const { about, spec } of specs) {
    it(`fails on no line, and gives each at most one reject of its own: ${about}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(line, brokenLine), { maxLength: 40 }), async (texts) => {
          await putLines(
            duck,
            texts.map((text, index) => ({ object: 'raw/a', line: index, text: text.replaceAll('\0', '') })),
          );
          const rows = await readTexts(duck, spec.parse_sql);
          const lines = rows.filter((row) => row['_row'] === null).map((row) => row['_line']);
          expect(new Set(lines).size).to.equal(lines.length);
          const places = rows.map((row) => `${row['_line']}/${row['_row']}`);
          expect(new Set(places).size, 'a place for each row').to.equal(places.length);
          for (const row of rows) {
            const isLeft = row['_reject'] !== null || row['_filtered'] === 'true';
            expect(row['_file'] === null, JSON.stringify(row)).to.equal(isLeft);
            expect(row['_filtered']).to.be.oneOf(['true', 'false']);
            if (row['_row'] === null)
              expect(row['_reject']).to.be.oneOf([
                'not_json',
                'bad_envelope',
                'selector_missing',
                'columns_length',
              ]);
          }
        }),
        { numRuns: 30 },
      );
    });
  }

  it('gives one row for each element of a list', async () => {
    const list = specs.find(({ about }) => about === 'shape list');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (texts) => {
        await putLines(
          duck,
          texts.map((text, index) => ({ object: 'raw/a', line: index, text })),
        );
        const counted = await readTexts(
          duck,
          `SELECT _line, count(*) AS rows, max(_row) AS last FROM (${list?.spec.parse_sql}) GROUP BY _line ORDER BY _line`,
        );
        const expected = texts.flatMap((text, index): Record<string, string | null>[] => {
          const { body: found } = JSON.parse(text) as { body: { data?: unknown } | null };
          const data = found?.data;
          if (!Array.isArray(data)) return [{ _line: String(index), rows: '1', last: null }];
          if (data.length === 0) return [];
          return [{ _line: String(index), rows: String(data.length), last: String(data.length - 1) }];
        });
        expect(counted).to.deep.equal(expected);
      }),
      { numRuns: 20 },
    );
  });
});
