import { expect } from 'chai';
import { ConfigError } from '../../../pipeline/errors.ts';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { lineageColumns } from '../../../pipeline/table/table-spec.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
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

  const options: Partial<TableDefinition>[] = [{}, { delete_when: 'share > 1' }];
  for (const option of options.flatMap((one) => [
    { ...one, marked: true },
    { ...one, moving_keys: true },
    { ...one, marked: true, moving_keys: true },
  ])) {
    it(`gives a merge that runs, over stored files of fewer columns too: ${JSON.stringify(option)}`, async () => {
      const spec = compileTable(tableDefinition({ columns, primary_key: ['label', 'at'], ...option }));
      const duck = await openDuck();
      const [all, few] = [spec.columns, spec.columns.filter(({ name }) => name !== 'share')].map((list) =>
        list.map(({ name, type }) => `"${name}" ${type}`).join(', '),
      );
      await duck.run(
        `CREATE TABLE incoming (${all}${spec.tombstones_sql === undefined ? '' : ', _deleted BOOLEAN'}); CREATE TABLE stored (${few});
        CREATE TABLE tombstones (text VARCHAR); CREATE TABLE mark ("at" TIMESTAMP); CREATE TABLE moved (label VARCHAR, "at" TIMESTAMP)`,
      );
      const described = (await duck.runAndReadAll(`DESCRIBE ${spec.merge_sql}`)).getRows();
      expect(described.map(([name]) => name)).to.deep.equal([
        ...spec.columns.map(({ name }) => name),
        '_outcome',
        ...(spec.tombstones_sql === undefined ? [] : ['_deleted']),
      ]);
    });
  }

  it('says what a table needs beyond the ordinary, and of the ordinary nothing', () => {
    const keyed = { columns, primary_key: ['label'] };
    const needs = (part: Partial<TableDefinition>): object => {
      const { marks, relists, moving, places_sql, winners_sql, event_time } = compileTable(
        tableDefinition({ ...keyed, ...part }),
      );
      const sql = [places_sql, winners_sql].filter((text) => text !== undefined).length;
      return Object.fromEntries(
        Object.entries({ marks, relists, moving, event_time, sql }).filter(([, value]) => Boolean(value)),
      );
    };
    expect(needs({})).to.deep.equal({});
    expect(needs({ event_time: 'at' })).to.deep.equal({});
    expect(needs({ event_time: 'at', partition_by: 'day' })).to.deep.equal({ event_time: 'at' });
    expect(needs({ marked: true })).to.deep.equal({ marks: true });
    expect(needs({ marked: true, order_by: ['at'] })).to.deep.equal({ marks: true, relists: true });
    expect(needs({ moving_keys: true })).to.deep.equal({ moving: true, sql: 2 });
  });

  it('asks for a value once only of rows that stay', async () => {
    const unique = columns.map((one) => (one.name === 'share' ? { ...one, unique: true } : one));
    const duck = await openDuck();
    await duck.run(
      `CREATE TABLE merged AS FROM (VALUES (1.5, 'stored'), (1.5, 'vanished'), (1.5, 'moved'), (2.5, 'same'), (2.5, 'inserted')) AS merged(share, _outcome)`,
    );
    const spec = compileTable(tableDefinition({ columns: unique, primary_key: ['label'], marked: true }));
    expect(await readTexts(duck, spec.unique_sql ?? '')).to.deep.equal([
      { violation: 'warn not_unique share', rows: '2' },
    ]);
  });

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
    ['marks without a key', { columns, marked: true }, /reconcile needs a primary_key/],
    ['moving keys without a key', { columns, moving_keys: true }, /moving_keys needs a primary_key/],
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
