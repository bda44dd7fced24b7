/**
 * Partition projection: Athena computes a table's partitions from its properties instead of asking the catalog for them.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
import type { TableInput } from '@aws-sdk/client-glue';
import { glueType } from './glue-type.ts';
import type { Granularity, TableSpec } from './table-spec.ts';

export interface Years {
  first: number;
  last: number;
}

const levels = [
  { name: 'year', digits: 4 },
  { name: 'month', digits: 2, range: [1, 12] },
  { name: 'day', digits: 2, range: [1, 31] },
  { name: 'hour', digits: 2, range: [0, 23] },
] as const;

/** The partition columns of a table, from the outside in. */
export function partitionColumns(granularity: Granularity): string[] {
  return levelsOf(granularity).map((level) => level.name);
}

/** How many partitions a query without a filter lists (law 16). */
export function countProjectedPartitions(granularity: Granularity, { first, last }: Years): number {
  return levelsOf(granularity).reduce((count, level) => {
    const [low, high] = 'range' in level ? level.range : [first, last];
    return count * (high - low + 1);
  }, 1);
}

/** Table properties; none for a table without partitions. `location` ends in `/`. */
export function projectionProperties(
  granularity: Granularity,
  { location, years }: { location: string; years: Years },
): Record<string, string> {
  const used = levelsOf(granularity);
  if (used.length === 0) return {};
  const properties: Record<string, string> = { 'projection.enabled': 'true' };
  for (const level of used) {
    const [low, high] = 'range' in level ? level.range : [years.first, years.last];
    properties[`projection.${level.name}.type`] = 'integer';
    properties[`projection.${level.name}.range`] = `${low},${high}`;
    properties[`projection.${level.name}.digits`] = String(level.digits);
  }
  const folders = used.map(({ name }) => `${name}=\${${name}}/`).join('');
  properties['storage.location.template'] = `${location}${folders}`;
  return properties;
}

/** What the catalog is to say of a table. `years` are those whose partitions a query finds: all that were ever touched. */
export function tableInput(
  spec: Pick<TableSpec, 'name' | 'columns' | 'partition_by'>,
  { location, years }: { location: string; years: Years },
): TableInput {
  const folder = location.endsWith('/') ? location : `${location}/`;
  return {
    Name: spec.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      ...projectionProperties(spec.partition_by, { location: folder, years }),
    },
    PartitionKeys: partitionColumns(spec.partition_by).map((name) => ({ Name: name, Type: 'int' })),
    StorageDescriptor: {
      Columns: spec.columns.map(({ name, type }) => ({ Name: name, Type: glueType(type) })),
      Location: folder,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: {
        SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
        Parameters: { 'serialization.format': '1' },
      },
      Compressed: false,
      StoredAsSubDirectories: false,
    },
  };
}

function levelsOf(granularity: Granularity): (typeof levels)[number][] {
  return levels.slice(0, levels.findIndex(({ name }) => name === granularity) + 1);
}
