import { ConfigError } from '../errors.ts';
import { parseJsonPath } from '../source/json-path.ts';
import { copyOptions, mergeSql } from './merge-sql.ts';
import { parseSql } from './parse-sql.ts';
import { placesSql } from './places-sql.ts';
import { tombstonesSql } from './tombstones-sql.ts';
import { uniqueSql } from './unique-sql.ts';
import type { TableDefinition } from './table-definition.ts';
import { lineageColumns } from './table-spec.ts';
import type { Column, TableSpec } from './table-spec.ts';
import { winnersSql } from './winners-sql.ts';

/** Of a table without a primary key: a raw object processed again changes nothing. */
const rawRowKey = ['_object', '_line', '_row'];

/** Throws ConfigError for a definition of which no engine could run the statements. */
export function compileTable(definition: TableDefinition): TableSpec {
  const { name, partition_by, event_time, first_year, files_per_partition, order_by } = definition;
  const columns: Column[] = [
    ...definition.columns.map((column) => ({ name: column.name, type: column.type })),
    ...lineageColumns,
  ];
  const key = definition.primary_key.length > 0 ? definition.primary_key : rawRowKey;
  checkColumns(definition, { columns, key });
  const deletes = definition.delete_when !== undefined || definition.removable === true;
  const [marks, moving] = [definition.marked === true, definition.moving_keys === true];
  const table = { columns, key, order_by };
  const unique = definition.columns.filter((column) => column.unique === true);
  return {
    v: 1,
    name,
    columns,
    key,
    partition_by,
    ...(partition_by !== 'none' && event_time !== undefined && { event_time }),
    first_year,
    files_per_partition,
    exact_fields: exactFields(definition),
    parse_sql: parseSql(definition, { columns, key }),
    merge_sql: mergeSql({ ...table, deletes, marks, moving }),
    copy_options: copyOptions,
    ...(deletes && { tombstones_sql: tombstonesSql(table) }),
    ...(marks && { marks }),
    // Otherwise what was fetched last wins: what a mark takes away has beaten nothing that was fetched after it.
    ...(marks && order_by.length > 0 && { relists: true }),
    ...(moving && {
      moving,
      places_sql: placesSql({ ...table, deletes, marks }),
      winners_sql: winnersSql(table),
    }),
    ...(definition.quarantine && { quarantine: definition.quarantine }),
    ...(unique.length > 0 && { unique_sql: uniqueSql(unique, { deletes, leaves: marks || moving }) }),
  };
}

/** `check` says more, and where; this keeps a statement that cannot run from being stored. */
function checkColumns(
  definition: TableDefinition,
  { columns, key }: { columns: Column[]; key: string[] },
): void {
  const { name, columns: contract, event_time, partition_by, order_by } = definition;
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const reserved = contract.find((column) => column.name.startsWith('_'));
  if (reserved) {
    throw new ConfigError(
      `table ${name}: column ${reserved.name}: names that begin with _ are the table's own`,
    );
  }
  if (names.size < columns.length) {
    throw new ConfigError(`table ${name}: two columns have the same name but for upper and lower case`);
  }
  const cleansed = contract.find(
    ({ from, trim, null_if, default: standIn }) =>
      'expression' in from && (trim === true || null_if !== undefined || standIn !== undefined),
  );
  if (cleansed) {
    throw new ConfigError(
      `table ${name}: column ${cleansed.name}: trim, null_if and default are for values of the response; say it in the expression, as in coalesce(…, 0)`,
    );
  }
  const needed = [...key, ...order_by, ...(event_time === undefined ? [] : [event_time])];
  const missing = needed.find((column) => !types.has(column));
  if (missing !== undefined) throw new ConfigError(`table ${name}: there is no column ${missing}`);
  const float = key.find((column) => types.get(column) === 'double');
  if (float !== undefined) {
    throw new ConfigError(
      `table ${name}: ${float} is a double, which cannot be part of a key; make it a decimal`,
    );
  }
  const option = optionWithKey(definition);
  if (option !== undefined && key === rawRowKey) {
    throw new ConfigError(
      `table ${name}: ${option} needs a primary_key: without one no row stands for the same thing as another`,
    );
  }
  if (partition_by !== 'none' && event_time === undefined) {
    throw new ConfigError(`table ${name}: partition_by: ${partition_by} needs an event_time`);
  }
}

function optionWithKey({ delete_when, removable, marked, moving_keys }: TableDefinition): string | undefined {
  if (delete_when !== undefined || removable === true) return 'delete_when';
  if (marked === true) return 'reconcile';
  return moving_keys === true ? 'moving_keys' : undefined;
}

/** The join step knows fields by their names alone: the last name on the path, also of a list's elements. */
function exactFields(definition: TableDefinition): string[] {
  const fields = definition.columns.flatMap(({ exact, from }) => {
    if (exact !== true) return [];
    const { record, parent, response } = from as Partial<Record<'record' | 'parent' | 'response', string>>;
    const path = parseJsonPath(record ?? parent ?? response ?? '$');
    return path.filter((step) => typeof step === 'string').slice(-1);
  });
  return [...new Set(fields)].toSorted();
}
