import { expect } from 'chai';
import { checkSql } from '../../../deploy/check-sql.ts';
import type { ColumnType } from '../../../pipeline/table/table-spec.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const columns = [
  column('id', 'bigint'),
  column('temp_c', 'double'),
  column('price', 'decimal(9,2)'),
  column('name', 'varchar'),
  column('at', 'timestamp'),
];

describe('checkSql', function () {
  this.timeout(10_000);

  const good: [ColumnType, string][] = [
    ['double', 'temp_c * 1.8 + 32'],
    ['bigint', 'id % 7'],
    ['double', 'id'],
    ['decimal(9,2)', 'price * 2'],
    ['decimal(12,4)', 'price'],
    ['varchar', "record->'a'"],
    ['varchar', 'id'],
    ['boolean', "record->'pull_request' IS NULL"],
    ['timestamp', '"at" + INTERVAL 1 DAY'],
    ['date', 'CAST("at" AS DATE)'],
    ['timestamp', '_scheduled_at'],
    ['bigint', 'NULL'],
    ['bigint', "CAST(record->>'n' AS BIGINT)"],
    ['bigint', "list_sum(CAST(record->'values' AS BIGINT[]))"],
  ];
  for (const [type, expression] of good) {
    it(`finds nothing wrong with ${expression} as ${type}`, async () => {
      expect(await check(type, expression)).to.deep.equal([]);
    });
  }

  const bad: [ColumnType, string, string, number?][] = [
    ['double', 'temp_f * 2', 'there is no column "temp_f"; nearest: "temp_c"', 0],
    ['double', '1 +\n  uper(name)', 'there is no function uper; nearest: "upper"', 6],
    ['bigint', 'temp_c', 'it gives DOUBLE where the column is bigint; write CAST(round(…) AS BIGINT)'],
    ['decimal(9,2)', 'price * price', 'it gives DECIMAL(18,4) where the column is decimal(9,2)'],
    ['bigint', "record->>'n'", 'it gives VARCHAR where the column is bigint; write CAST(… AS BIGINT)'],
    ['boolean', 'id', 'it gives BIGINT, not true or false'],
    ['varchar', '[id]', 'it gives BIGINT[], not text'],
    ['timestamp', 'CAST(name AS TIMESTAMPTZ)', "write (…) AT TIME ZONE 'UTC'"],
    ['timestamp', 'at + INTERVAL 1 DAY', 'at is a word of SQL too: write "at"', 3],
    ['timestamp', 'now()', 'now is not the same each time', 0],
    ['bigint', 'id) , (id', 'it is more than one expression'],
    ['date', 'current_date', 'current_date is not the same each time', 0],
    ['double', 'id + random()', 'random is not the same each time', 5],
    ['bigint', 'sum(id)', 'sum works on many rows', 0],
    ['bigint', 'row_number() OVER ()', 'a window function has no place in it', 0],
    ['bigint', '1 + (SELECT 2)', 'a query has no place in it', 4],
    ['varchar', "(SELECT content FROM read_text('/etc/hosts'))", 'a query has no place in it'],
    ['varchar', '*', '* has no place in it', 0],
    ['bigint', 'id +', 'syntax error'],
    ['bigint', 'computed', 'there is no column "computed"', 0],
    ['varchar', '"_text name"', 'there is no column', 0],
    ['varchar', "'é' || nme", 'there is no column "nme"; nearest: "name"', 7],
  ];
  for (const [type, expression, message, offset] of bad) {
    it(`finds what is wrong with ${expression} as ${type}`, async () => {
      const [problem, ...others] = await check(type, expression);
      expect(others).to.deep.equal([]);
      expect(problem?.path).to.equal('columns.computed.expression');
      expect(problem?.message).to.contain(message);
      if (offset !== undefined) expect(problem?.offset).to.equal(offset);
    });
  }

  it('lets a computed column use those before it, in their own types', async () => {
    const computed = { name: 'hot', type: 'boolean', from: { expression: 'fahrenheit > 86' } } as const;
    const fahrenheit = {
      name: 'fahrenheit',
      type: 'double',
      from: { expression: 'temp_c * 1.8 + 32' },
    } as const;
    expect(await checkSql(tableDefinition({ columns: [...columns, fahrenheit, computed] }))).to.deep.equal(
      [],
    );
    const [problem] = await checkSql(tableDefinition({ columns: [...columns, computed, fahrenheit] }));
    expect(problem).to.include({ path: 'columns.hot.expression', offset: 0 });
  });

  it('checks conditions, values and patterns, each in its place', async () => {
    const problems = await checkSql(
      tableDefinition({
        columns: [
          column('id', 'bigint', { default: 'none' }),
          column('day', 'date', { default: '2026-11-21' }),
          column('at', 'timestamp', { unit: 's', default: 0 }),
          column('name', 'varchar', { matches: '(?=x)' }),
        ],
        primary_key: ['id'],
        include_when: 'id',
        delete_when: 'day > name',
      }),
    );
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).to.deep.equal([
      'columns.id.default: none cannot be read as bigint',
      'columns.name.matches: no pattern of RE2: invalid perl operator: (?=',
      'include_when: it gives BIGINT, not true or false; compare it, as in … = 1 or … IS NOT NULL',
      'delete_when: Cannot compare values of type DATE and type VARCHAR - an explicit cast is required',
    ]);
  });

  it('says of the table what only the whole shows', async () => {
    const rules: [object, string][] = [
      [{ columns: [column('day', 'date', { min: 'soon' })] }, 'column day: min: soon is no date'],
      [{ columns: [column('id', 'bigint', { matches: 'x' })] }, 'column id: matches is for text'],
      [{ columns: [column('id', 'bigint', { unique: true, on_fail: 'quarantine' })] }, 'column id: unique:'],
      [{ columns: [column('id', 'bigint')], delete_when: 'id = 1' }, 'delete_when needs a primary_key'],
      [{ columns: [column('id', 'bigint')], shape: 'columns', records: '$.x' }, 'without child tables'],
      [
        { columns: [{ ...column('id', 'bigint'), from: { key: true } }], records: '$.x' },
        'column id: only with shape: map',
      ],
      [
        { columns: [{ name: 'x', type: 'bigint', from: { expression: '1' }, trim: true }] },
        'column x: trim, null_if and default',
      ],
    ];
    for (const [table, message] of rules) {
      const [problem] = await checkSql(tableDefinition(table));
      expect(problem?.path, message).to.equal('');
      expect(problem?.message).to.contain(message);
    }
  });

  it('runs every statement of a table with everything', async () => {
    const table = tableDefinition({
      shape: 'map',
      records: '$.lines',
      columns: [
        { name: 'station', type: 'varchar', from: { key: true }, trim: true },
        { name: 'city', type: 'varchar', from: { parent: '$.city' } },
        column('at', 'timestamp', { unit: 's' }),
        column('value', 'double', { null_if: [-9999], min: 0, on_fail: 'warn', unique: true }),
        { name: 'twice', type: 'double', from: { expression: 'value * 2' } },
      ],
      primary_key: ['station', 'at'],
      event_time: 'at',
      partition_by: 'day',
      order_by: ['value'],
      marked: true,
      moving_keys: true,
      include_when: 'value IS NOT NULL',
      delete_when: "record->>'state' = 'void'",
      schema_contract: { columns: 'freeze', data_type: 'discard_row' },
    });
    expect(await checkSql(table)).to.deep.equal([]);
  });
});

function check(type: ColumnType, expression: string): ReturnType<typeof checkSql> {
  return checkSql(
    tableDefinition({ columns: [...columns, { name: 'computed', type, from: { expression } }] }),
  );
}
