/** A resource of the source file → the definition of its table. */
import type { ColumnDefinition, TableDefinition } from '../table/table-definition.ts';
import { parseColumnType } from './column-type.ts';
import type { ColumnPart, ResourcePart } from './schema.ts';

export function defineTable(resource: ResourcePart): TableDefinition {
  const eventTime = eventTimeOf(resource.event_time);
  return {
    name: resource.name,
    data_selector: resource.data_selector,
    shape: resource.shape,
    columns: Object.entries(resource.columns).map(([name, column]) => defineColumn(name, column)),
    primary_key: namesOf(resource.primary_key),
    ...(eventTime === undefined ? {} : { event_time: eventTime.column }),
    partition_by: resource.partition_by,
    first_year: resource.first_year,
    files_per_partition: resource.files_per_partition,
    order_by: namesOf(resource.order_by),
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
  };
}

function originOf(name: string, column: Exclude<ColumnPart, string>): ColumnDefinition['from'] {
  if (column.value !== undefined) return { template: column.value };
  if (column.from_response !== undefined) return { response: column.from_response };
  return { record: column.from ?? `$.${name}` };
}

export function namesOf(names: string | string[] | undefined): string[] {
  return typeof names === 'string' ? [names] : (names ?? []);
}

export function eventTimeOf(
  eventTime: ResourcePart['event_time'],
): { column: string; immutable: boolean } | undefined {
  return typeof eventTime === 'string' ? { column: eventTime, immutable: false } : eventTime;
}
