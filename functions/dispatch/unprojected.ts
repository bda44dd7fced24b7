import type { Table } from '@aws-sdk/client-glue';

/**
 * Those of the partitions that Athena would not look into. It computes a table's partitions from its properties alone: a
 * value out of range gives no rows and no error (law 16), so nobody else would notice.
 */
export function unprojected(table: Table, partitions: readonly string[]): string[] {
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name ?? '');
  // Not partitioned: the table's folder is the one place where Athena looks.
  if (keys.length === 0) return partitions.filter((partition) => partition !== '');
  return partitions.filter((partition) => !isProjected(table, keys, partition));
}

function isProjected(
  { Parameters: properties = {}, StorageDescriptor }: Table,
  keys: readonly string[],
  partition: string,
): boolean {
  const segments = partition.split('/').map((segment) => segment.split('='));
  const values = new Map(segments.map(([name = '', value = '']) => [name, value]));
  const folder = properties['storage.location.template']?.replaceAll(
    /\$\{(\w+)\}/g,
    (placeholder, name: string) => values.get(name) ?? placeholder,
  );
  return (
    properties['projection.enabled'] === 'true' &&
    folder === `${StorageDescriptor?.Location?.replace(/\/?$/, '/')}${partition}/` &&
    keys.every((name) => isInRange(properties, name, values.get(name)))
  );
}

function isInRange(properties: Record<string, string>, name: string, value: string | undefined): boolean {
  if (properties[`projection.${name}.type`] !== 'integer') return false;
  const [first = NaN, last = NaN] = (properties[`projection.${name}.range`] ?? '').split(',').map(Number);
  const digits = Number(properties[`projection.${name}.digits`] ?? 1);
  const number = Number(value);
  return number >= first && number <= last && String(number).padStart(digits, '0') === value;
}
