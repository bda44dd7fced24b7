import { expect } from 'chai';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { projectPartitions } from '../../../pipeline/table/project-partitions.ts';
import {
  countProjectedPartitions,
  partitionColumns,
  tableInput,
} from '../../../pipeline/table/projection.ts';
import type { Granularity } from '../../../pipeline/table/table-spec.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
import { readGoldenCases } from '../../support/golden-case.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const location = 's3://curated/readings/';
const years = { first: 2025, last: 2026 };

function inputOf(partition_by: Granularity) {
  const spec = compileTable(
    tableDefinition({
      columns: [column('at', 'timestamp'), column('name', 'varchar'), column('price', 'decimal(9,2)')],
      partition_by,
      event_time: 'at',
    }),
  );
  return tableInput(spec, { location, years });
}

describe('tableInput', () => {
  it('describes an external Parquet table of its columns', () => {
    const { Name, TableType, StorageDescriptor } = inputOf('day');
    expect({ Name, TableType }).to.deep.equal({ Name: 'readings', TableType: 'EXTERNAL_TABLE' });
    expect(StorageDescriptor?.Location).to.equal(location);
    expect(StorageDescriptor?.SerdeInfo?.SerializationLibrary).to.match(/ParquetHiveSerDe$/);
    expect(StorageDescriptor?.Columns?.map(({ Name: name, Type }) => `${name} ${Type}`)).to.deep.equal([
      'at timestamp',
      'name string',
      'price decimal(9,2)',
      '_extra string',
      '_scheduled_at timestamp',
      '_fetched_at timestamp',
      '_object string',
      '_line bigint',
      '_row bigint',
    ]);
  });

  it('projects every level as numbers of a fixed width', () => {
    const { Parameters, PartitionKeys } = inputOf('hour');
    expect(PartitionKeys).to.deep.equal(
      ['year', 'month', 'day', 'hour'].map((Name) => ({ Name, Type: 'int' })),
    );
    expect(Parameters).to.deep.equal({
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.year.type': 'integer',
      'projection.year.range': '2025,2026',
      'projection.year.digits': '4',
      'projection.month.type': 'integer',
      'projection.month.range': '1,12',
      'projection.month.digits': '2',
      'projection.day.type': 'integer',
      'projection.day.range': '1,31',
      'projection.day.digits': '2',
      'projection.hour.type': 'integer',
      'projection.hour.range': '0,23',
      'projection.hour.digits': '2',
      'storage.location.template':
        's3://curated/readings/year=${year}/month=${month}/day=${day}/hour=${hour}/',
    });
  });

  it('projects nothing for a table without partitions', () => {
    const { Parameters, PartitionKeys } = inputOf('none');
    expect(PartitionKeys).to.deep.equal([]);
    expect(Parameters).to.deep.equal({ EXTERNAL: 'TRUE', classification: 'parquet' });
  });

  it('ends a location with a slash', () => {
    const { StorageDescriptor, Parameters } = tableInput(
      { name: 't', columns: [], partition_by: 'year' },
      { location: 's3://curated/t', years },
    );
    expect(StorageDescriptor?.Location).to.equal('s3://curated/t/');
    expect(Parameters?.['storage.location.template']).to.equal('s3://curated/t/year=${year}/');
  });
});

describe('the projected partitions', () => {
  for (const granularity of ['year', 'month', 'day', 'hour'] as const) {
    it(`are as many as are counted: ${granularity}`, () => {
      expect(placesOf(granularity)).to.have.length(countProjectedPartitions(granularity, years));
    });
  }

  it('are counted as one where there are none', () => {
    expect(countProjectedPartitions('none', years)).to.equal(1);
  });

  it('are the folders that rows are written to', async () => {
    const places = new Map(
      (['year', 'month', 'day', 'hour'] as const).map((level) => [level, new Set(placesOf(level))]),
    );
    let compared = 0;
    for (const { spec, parse } of readGoldenCases()) {
      if (!parse || spec.partition_by === 'none') continue;
      const duck = await openDuck();
      await putLines(duck, parse.lines);
      const files = await readTexts(
        duck,
        `SELECT _file AS file FROM (${spec.parse_sql}) WHERE _file LIKE 'year=2025%' OR _file LIKE 'year=2026%'`,
      );
      for (const { file } of files) {
        expect(places.get(spec.partition_by)).to.include(
          `${location}${file?.replace(/part-\d+\.parquet$/, '')}`,
        );
        compared += 1;
      }
    }
    expect(compared).to.be.above(10);
  });

  const broken: [string, (properties: Record<string, string>) => Record<string, string>][] = [
    ['not enabled', (properties) => ({ ...properties, 'projection.enabled': 'false' })],
    ['of an unknown type', (properties) => ({ ...properties, 'projection.month.type': 'int' })],
    ['without a range', (properties) => without('projection.month.range', properties)],
    ['of a range in words', (properties) => ({ ...properties, 'projection.month.range': '1-12' })],
    ['without a template', (properties) => without('storage.location.template', properties)],
    [
      'of a template without a column',
      (properties) => ({ ...properties, 'storage.location.template': `${location}\${year}/` }),
    ],
  ];
  for (const [what, change] of broken) {
    it(`are refused when they are ${what}`, () => {
      const parameters = change(inputOf('month').Parameters ?? {});
      expect(() => [...projectPartitions({ partitionKeys: partitionColumns('month'), parameters })]).to.throw(
        /projection|template/,
      );
    });
  }
});

function without(name: string, properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).filter(([other]) => other !== name));
}

function placesOf(granularity: Granularity): string[] {
  const parameters = inputOf(granularity).Parameters ?? {};
  return [...projectPartitions({ partitionKeys: partitionColumns(granularity), parameters })];
}
