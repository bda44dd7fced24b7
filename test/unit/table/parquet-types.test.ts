import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { glueType } from '../../../pipeline/table/glue-type.ts';
import type { ColumnType } from '../../../pipeline/table/table-spec.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

/** What a reader finds in the footer: the stored type, what it stands for, and what the catalog calls it. */
const expected: [ColumnType, physical: string, logical: string | null, glue: string][] = [
  ['boolean', 'BOOLEAN', null, 'boolean'],
  ['bigint', 'INT64', 'INT_64', 'bigint'],
  ['double', 'DOUBLE', null, 'double'],
  ['varchar', 'BYTE_ARRAY', 'UTF8', 'string'],
  ['date', 'INT32', 'DATE', 'date'],
  ['timestamp', 'INT64', 'TIMESTAMP_MICROS', 'timestamp'],
  ['decimal(4,1)', 'INT32', 'DECIMAL(4,1)', 'decimal(4,1)'],
  ['decimal(9,9)', 'INT32', 'DECIMAL(9,9)', 'decimal(9,9)'],
  ['decimal(18,2)', 'INT64', 'DECIMAL(18,2)', 'decimal(18,2)'],
  ['decimal(38,10)', 'FIXED_LEN_BYTE_ARRAY(16)', 'DECIMAL(38,10)', 'decimal(38,10)'],
];

describe('the files of a table', () => {
  it('have the physical types that the catalog promises', async () => {
    const spec = compileTable(
      tableDefinition({ columns: expected.map(([type], index) => column(`c${index}`, type)) }),
    );
    const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
    try {
      const duck = await openDuck();
      await putLines(duck, []);
      const names = spec.columns.map(({ name }) => name).join(', ');
      await duck.run(`CREATE VIEW incoming AS SELECT ${names} FROM (${spec.parse_sql})`);
      await duck.run('CREATE VIEW stored AS SELECT * FROM incoming');
      const file = join(folder, 'part-0.parquet');
      await duck.run(`COPY (SELECT ${names} FROM (${spec.merge_sql})) TO '${file}' ${spec.copy_options}`);
      const schema = await readTexts(
        duck,
        `SELECT * FROM parquet_schema('${file}') WHERE num_children IS NULL`,
      );
      const found = schema.map((field) => [
        field['name'],
        field['type_length'] === null ? field['type'] : `${field['type']}(${field['type_length']})`,
        field['converted_type'] === 'DECIMAL'
          ? `DECIMAL(${field['precision']},${field['scale']})`
          : field['converted_type'],
      ]);
      const byType = new Map<string, (typeof expected)[number]>(expected.map((row) => [row[0], row]));
      expect(found).to.deep.equal(
        spec.columns.map(({ name, type }) => [name, byType.get(type)?.[1], byType.get(type)?.[2]]),
      );
      // Without a time zone to be adjusted to: readers show the UTC time as it is.
      const time = schema.find((field) => field['converted_type'] === 'TIMESTAMP_MICROS');
      expect(time?.['logical_type']).to.include('isAdjustedToUTC=0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const [type, , , glue] of expected) {
    it(`call ${type} ${glue} in the catalog`, () => {
      expect(glueType(type)).to.equal(glue);
    });
  }
});
