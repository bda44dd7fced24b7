import { expect } from 'chai';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import { changed, loadText, tracker } from './load-weather.ts';

/** The compiled source, and the definitions of its tables, as an engine is asked about them. */
async function define(text: string): Promise<{ source: CompiledSource; tables: TableDefinition[] }> {
  const tables: TableDefinition[] = [];
  const loaded = await loadText(text, (table) => {
    tables.push(table);
    return Promise.resolve([]);
  });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return { source: loaded.source, tables };
}

/** The definition of one more column. */
async function columnOf(written: string): Promise<unknown> {
  const { tables } = await define(
    changed('points: double', `points: double\n      other: ${written}`, tracker),
  );
  return tables[1]?.columns.find(({ name }) => name === 'other');
}

async function limitOf(written: string): Promise<unknown> {
  const text = changed('include_when: state IS NOT NULL', `quarantine: ${written}`, tracker);
  const { tables, source } = await define(text);
  const { table, child_tables: children } = source.resources[1] ?? {};
  return [tables[1]?.quarantine, table?.quarantine, children?.[0]?.quarantine];
}

async function contractOf(written: string): Promise<unknown> {
  const text = changed('include_when: state IS NOT NULL', `schema_contract: ${written}`, tracker);
  return (await define(text)).tables[1]?.schema_contract;
}

describe('defineTable', () => {
  it('says of a resource and its child tables what the source says', async () => {
    const { tables, source } = await define(tracker);
    const [, issues, labels] = tables;
    expect(issues).to.deep.include({
      name: 'issues',
      data_selector: '$.issues',
      shape: 'list',
      child_records: ['$.labels'],
      primary_key: ['id'],
      order_by: ['updated_at'],
      event_time: 'created_at',
      partition_by: 'month',
      include_when: 'state IS NOT NULL',
    });
    expect(issues).to.not.have.any.keys('delete_when', 'schema_contract', 'records');
    expect(labels).to.deep.equal({
      name: 'labels',
      data_selector: '$.issues',
      shape: 'list',
      columns: [
        { name: 'issue_id', type: 'bigint', from: { parent: '$.id' } },
        { name: 'name', type: 'varchar', from: { record: '$.name' } },
      ],
      primary_key: ['issue_id', 'name'],
      partition_by: 'none',
      first_year: 2024,
      files_per_partition: 1,
      order_by: [],
      records: '$.labels',
    });
    expect(source.resources[1]?.child_tables.map(({ name }) => name)).to.deep.equal(['labels']);
  });

  for (const [written, column] of [
    ['{ type: double, expression: points + 1 }', { type: 'double', from: { expression: 'points + 1' } }],
    [
      '{ type: double, null_if: -9999, default: 0, min: 0, max: 5, on_fail: fail }',
      {
        type: 'double',
        from: { record: '$.other' },
        null_if: [-9999],
        default: 0,
        min: 0,
        max: 5,
        on_fail: 'fail',
      },
    ],
    [
      "{ type: string, from: $.p, trim: true, null_if: ['', n/a], not_null: true, matches: '[a-z]+', in: [a, b], unique: true }",
      {
        type: 'varchar',
        from: { record: '$.p' },
        trim: true,
        null_if: ['', 'n/a'],
        not_null: true,
        in: ['a', 'b'],
        matches: '[a-z]+',
        unique: true,
      },
    ],
    [
      '{ type: double, not_null: false, trim: false, unique: false, redact: false }',
      { type: 'double', from: { record: '$.other' } },
    ],
    [
      "{ type: timestamp, value: '{incremental.end_value}' }",
      { type: 'timestamp', from: { template: '{incremental.end_value}' } },
    ],
  ] as const) {
    it(`reads ${written}`, async () => {
      expect(await columnOf(written)).to.deep.equal({ name: 'other', ...column });
    });
  }

  it('takes a contract in a word or in its parts, and the key of a map', async () => {
    expect(await contractOf('freeze')).to.deep.equal({ columns: 'freeze', data_type: 'freeze' });
    expect(await contractOf('{ data_type: discard_row }')).to.deep.equal({
      columns: 'evolve',
      data_type: 'discard_row',
    });
    const map = changed(
      '{ id: bigint, title: string }',
      '{ id: { type: bigint, from_key: true }, title: string }\n    shape: map\n    delete_when: title IS NULL',
      tracker,
    );
    const [projects] = (await define(map)).tables;
    expect(projects).to.deep.include({ shape: 'map', delete_when: 'title IS NULL' });
    expect(projects?.columns[0]?.from).to.deep.equal({ key: true });
  });

  it('takes the limit of rows in quarantine into the table spec, of a child table its own', async () => {
    const limit = { max_share: 0.01 };
    expect(await limitOf('{ max_share: 0.01 }')).to.deep.equal([limit, limit, undefined]);
    const child = changed(
      'records: $.labels',
      'records: $.labels\n        quarantine: { max_share: 0 }',
      tracker,
    );
    expect((await define(child)).source.resources[1]?.child_tables[0]?.quarantine).to.deep.equal({
      max_share: 0,
    });
  });

  it('tells tables of listings that delete, and of rows that move, child tables too', async () => {
    const listed = changed("', until: '{incremental.end_value}' }", "' }", tracker);
    const text = changed(
      'event_time: { column: created_at, immutable: true }',
      'event_time: created_at\n    moving_keys: true\n    reconcile: { every: P7D, delete_missing: true }',
      listed,
    );
    const { tables, source } = await define(text);
    const [projects, issues, labels] = tables;
    expect(projects).to.not.have.any.keys('marked', 'moving_keys');
    expect(issues).to.include({ moving_keys: true });
    expect(labels).to.include({ marked: true }).and.not.have.property('moving_keys');
    expect(source.resources[1]?.definitions?.map(({ marked }) => marked)).to.deep.equal([true, true]);
    expect(source.resources[1]?.table).to.include({ marks: true, moving: true });
    const kept = await define(changed('delete_missing: true', 'delete_missing: false', text));
    expect(kept.source.resources[1]?.reconcile).to.include({ delete_missing: false });
    expect(kept.source.resources[1]?.definitions?.some(({ marked }) => marked)).to.equal(false);
  });

  it('hides what is redacted or hashed before anything lands', async () => {
    const hidden = 'title: { type: string, from: $.a.title, redact: true } }';
    const { source } = await define(changed('title: string }', hidden, tracker));
    expect(source.resources.map(({ protect }) => protect)).to.deep.equal([
      [{ path: '$.a.title', how: 'redact' }],
      [
        {
          path: '$.author.email',
          how: 'hash',
          key: { secret: 'author-key', store: 'parameter-store' },
        },
      ],
    ]);
  });
});
