import type { ColumnDefinition, TableDefinition } from '../../pipeline/table/table-definition.ts';

/** A definition with everything that a test does not care about. */
export function tableDefinition(part: Partial<TableDefinition>): TableDefinition {
  return {
    name: 'readings',
    data_selector: '$',
    shape: 'object',
    columns: [],
    primary_key: [],
    partition_by: 'none',
    first_year: 2000,
    files_per_partition: 1,
    order_by: [],
    ...part,
  };
}

/** A column fed by the field of its name. */
export function column(
  name: string,
  type: ColumnDefinition['type'],
  more: Partial<ColumnDefinition> = {},
): ColumnDefinition {
  return { name, type, from: { record: `$['${name}']` }, ...more };
}
