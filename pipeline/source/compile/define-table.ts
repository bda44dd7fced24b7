/** A resource of the source file → the definitions of its tables. */
import type { ColumnDefinition, SchemaContract, TableDefinition } from '../../table/table-definition.ts';
import { parseColumnType } from '../schema/column-type.ts';
import type { ChildTablePart, ColumnPart, ResourcePart, TableParts } from '../schema/source-schema.ts';

/**
 * Of each resource its own table; those that feed one table with a `delete_when`, or with a resource whose listings delete,
 * know that their rows can go.
 */
export function defineTables(resources: readonly ResourcePart[]): TableDefinition[] {
  const removing = resources.filter((resource) => resource.delete_when !== undefined).map(tableNameOf);
  const marked = resources.filter(deletesMissing).map(tableNameOf);
  return resources.map((resource) => {
    const table = defineTable(resource);
    return {
      ...table,
      ...(table.delete_when === undefined && removing.includes(table.name) && { removable: true }),
      ...(marked.includes(table.name) && { marked: true }),
    };
  });
}

function deletesMissing({ reconcile }: Pick<ResourcePart, 'reconcile'>): boolean {
  return reconcile?.delete_missing === true;
}

export function tableNameOf({ name, table_name }: Pick<ResourcePart, 'name' | 'table_name'>): string {
  return table_name ?? name;
}

export function defineTable(resource: ResourcePart): TableDefinition {
  const children = resource.child_tables ?? [];
  return {
    ...defineParts(tableNameOf(resource), resource, resource),
    ...(children.length === 0 ? {} : { child_records: children.map(({ records }) => records) }),
  };
}

export function defineChildTable(resource: ResourcePart, child: ChildTablePart): TableDefinition {
  return {
    ...defineParts(child.name, child, resource),
    records: child.records,
    ...(deletesMissing(resource) && { marked: true }),
  };
}

function defineParts(
  name: string,
  table: TableParts,
  { data_selector, shape }: Pick<ResourcePart, 'data_selector' | 'shape'>,
): TableDefinition {
  const eventTime = eventTimeOf(table.event_time);
  const { include_when, delete_when, schema_contract: contract, quarantine } = table;
  return {
    name,
    data_selector,
    shape,
    columns: Object.entries(table.columns).map(([column, part]) => defineColumn(column, part)),
    primary_key: namesOf(table.primary_key),
    ...(eventTime === undefined ? {} : { event_time: eventTime.column }),
    partition_by: table.partition_by,
    ...(table.moving_keys === true && { moving_keys: true }),
    first_year: table.first_year,
    files_per_partition: table.files_per_partition,
    order_by: namesOf(table.order_by),
    ...(include_when === undefined ? {} : { include_when }),
    ...(delete_when === undefined ? {} : { delete_when }),
    ...(contract === undefined ? {} : { schema_contract: contractOf(contract) }),
    ...(quarantine === undefined ? {} : { quarantine }),
  };
}

export function defineColumn(name: string, column: ColumnPart): ColumnDefinition {
  const long = typeof column === 'string' ? { type: column } : column;
  return {
    name,
    // The grammar lets no other type through.
    type: parseColumnType(long.type) ?? 'varchar',
    from: originOf(name, long),
    ...(long.unit === undefined ? {} : { unit: long.unit }),
    ...(long.format === undefined ? {} : { format: long.format }),
    ...(long.timezone === undefined ? {} : { timezone: long.timezone }),
    ...(long.exact === true ? { exact: true } : {}),
    ...cleansingOf(long),
    ...rulesOf(long),
  };
}

type LongColumn = Exclude<ColumnPart, string>;

function originOf(name: string, column: LongColumn): ColumnDefinition['from'] {
  if (column.value !== undefined) return { template: column.value };
  if (column.expression !== undefined) return { expression: column.expression };
  if (column.from_response !== undefined) return { response: column.from_response };
  if (column.from_parent !== undefined) return { parent: column.from_parent };
  if (column.from_key === true) return { key: true };
  return { record: column.from ?? `$.${name}` };
}

function cleansingOf({ trim, null_if: nulls, default: fallback }: LongColumn): Partial<ColumnDefinition> {
  return {
    ...(trim === true ? { trim } : {}),
    ...(nulls === undefined ? {} : { null_if: [nulls].flat() }),
    ...(fallback === undefined ? {} : { default: fallback }),
  };
}

function rulesOf(column: LongColumn): Partial<ColumnDefinition> {
  const { min, max, matches, on_fail } = column;
  return {
    ...(column.not_null === true ? { not_null: true } : {}),
    ...(column.in === undefined ? {} : { in: column.in }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(matches === undefined ? {} : { matches }),
    ...(column.unique === true ? { unique: true } : {}),
    ...(on_fail === undefined ? {} : { on_fail }),
  };
}

function contractOf(contract: NonNullable<TableParts['schema_contract']>): SchemaContract {
  if (typeof contract === 'string') return { columns: contract, data_type: contract };
  return { columns: contract.columns ?? 'evolve', data_type: contract.data_type ?? 'evolve' };
}

export function namesOf(names: string | string[] | undefined): string[] {
  return typeof names === 'string' ? [names] : (names ?? []);
}

export function eventTimeOf(
  eventTime: ResourcePart['event_time'],
): { column: string; immutable: boolean } | undefined {
  return typeof eventTime === 'string' ? { column: eventTime, immutable: false } : eventTime;
}
