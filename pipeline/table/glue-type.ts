import type { ColumnType } from './table-spec.ts';

/** The catalog's name of a stored type; the others have the same name in Glue, Athena and DuckDB. */
export function glueType(type: ColumnType): string {
  return type === 'varchar' ? 'string' : type;
}
