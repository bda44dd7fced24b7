import { expect } from 'chai';
import { ConfigError } from '../../../pipeline/errors.ts';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { lineageColumns } from '../../../pipeline/table/table-spec.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { openDuck, putLines } from '../../support/duck.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const columns = [
  column('flag', 'boolean'),
  column('count', 'bigint'),
  column('share', 'double'),
  column('price', 'decimal(12,2)'),
  column('label', 'varchar'),
  column('day', 'date'),
  column('at', 'timestamp'),
];

describe('compileTable', () => {
  it('puts the lineage after the columns of the contract', () => {
    const { columns: compiled } = compileTable(tableDefinition({ columns }));
    expect(compiled).to.deep.equal([...columns.map(({ name, type }) => ({ name, type })), ...lineageColumns]);
  });

  it('takes the place in the raw object for the key of a table without one', () => {
    expect(compileTable(tableDefinition({ columns })).key).to.deep.equal(['_object', '_line', '_row']);
    expect(compileTable(tableDefinition({ columns, primary_key: ['label'] })).key).to.deep.equal(['label']);
  });

  it('names the fields whose digits must survive, by the last name on their path', () => {
    const paths = [
      { record: '$.b.price' },
      { response: "$['the rate']" },
      { record: '$.list[0]' },
      { record: '$.price' },
    ];
    const spec = compileTable(
      tableDefinition({
        columns: paths.map((from, index) => column(`c${index}`, 'varchar', { from, exact: true })),
      }),
    );
    expect(spec.exact_fields).to.deep.equal(['list', 'price', 'the rate']);
  });

  for (const shape of ['object', 'list', 'columns'] as const) {
    it(`gives the columns their declared types: shape ${shape}`, async () => {
      const spec = compileTable(
        tableDefinition({
          shape,
          columns,
          primary_key: ['label', 'at'],
          event_time: 'at',
          partition_by: 'hour',
        }),
      );
      const duck = await openDuck();
      await putLines(duck, []);
      const declared = spec.columns.map(({ name, type }) => [name, type.toUpperCase()]);
      const describe = async (sql: string) =>
        (await duck.runAndReadAll(`DESCRIBE ${sql}`)).getRows().map(([name, type]) => [name, type]);
      expect(await describe(spec.parse_sql)).to.deep.equal([
        ['_file', 'VARCHAR'],
        ['_reject', 'VARCHAR'],
        ['_detail', 'VARCHAR'],
        ['_record', 'VARCHAR'],
        ['_filtered', 'BOOLEAN'],
        ...declared,
      ]);
      await duck.run(
        `CREATE TABLE incoming AS SELECT COLUMNS(lambda c: c NOT IN ('_file', '_reject', '_detail', '_record', '_filtered')) FROM (${spec.parse_sql})`,
      );
      await duck.run('CREATE TABLE stored AS SELECT label, "at" FROM incoming');
      expect(await describe(spec.merge_sql)).to.deep.equal([...declared, ['_outcome', 'VARCHAR']]);
    });
  }

  it('gives equal statements for equal definitions', () => {
    const definition = tableDefinition({ columns, primary_key: ['label'] });
    expect(compileTable(structuredClone(definition))).to.deep.equal(compileTable(definition));
  });

  const refused: [string, Partial<TableDefinition>, RegExp][] = [
    ['a key of a column that is not there', { columns, primary_key: ['id'] }, /no column id/],
    ['an order by a column that is not there', { columns, order_by: ['version'] }, /no column version/],
    [
      'an event time that is not there',
      { columns, event_time: 'time', partition_by: 'day' },
      /no column time/,
    ],
    ['partitions without an event time', { columns, partition_by: 'day' }, /needs an event_time/],
    ['a double in a key', { columns, primary_key: ['share'] }, /share is a double/],
    ['a name of its own', { columns: [column('_extra', 'varchar')] }, /_extra/],
    [
      'two names that differ in case only',
      { columns: [column('a', 'varchar'), column('A', 'varchar')] },
      /same name/,
    ],
    ['a decimal that is too wide', { columns: [column('d', 'decimal(39,2)')] }, /decimal\(39,2\)/],
    [
      'a format without an offset',
      { columns: [column('at', 'timestamp', { format: '%Y' })] },
      /timezone: UTC/,
    ],
    [
      'parallel arrays below another name',
      { shape: 'columns', columns: [{ ...columns[0]!, from: { record: '$.a.b' } }] },
      /\$\.a\.b/,
    ],
    [
      'parallel arrays of which no column names one',
      { shape: 'columns', columns: [{ ...columns[0]!, from: { response: '$.a' } }] },
      /names an array/,
    ],
  ];
  for (const [what, part, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => compileTable(tableDefinition(part))).to.throw(ConfigError, message);
    });
  }
});
