import type { TableDefinition } from '../../table/table-definition.ts';

/** What columns read beside the records: of a list that lands in several lines it must be known before its records are. */
export function compileEnvelope(tables: readonly TableDefinition[]): { envelope?: string[] } {
  const paths = tables.flatMap(({ columns }) =>
    columns.flatMap(({ from }) => ('response' in from ? [from.response] : [])),
  );
  return paths.length > 0 ? { envelope: [...new Set(paths)] } : {};
}
