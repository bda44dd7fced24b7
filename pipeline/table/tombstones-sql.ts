/**
 * What stays of a removed row: its key, and the rank of the row that removed it. Without it an older row that arrives
 * late would bring the key back, and the table would depend on the order of loads. It lies in the metadata of the
 * Parquet file that held the row, also when no row is left there.
 */
import { castColumn, quoteName, quoteText } from './quote.ts';
import type { Column } from './table-spec.ts';

export interface RankedTable {
  columns: Column[];
  key: string[];
  order_by: string[];
}

/** The key of a file's metadata under which its tombstones lie. */
export const tombstonesKey = 'catchwater_tombstones';

/** Columns that say which of two rows with one key is later, the weightiest first (law 4). */
export function rankOf({ order_by }: Pick<RankedTable, 'order_by'>): string[] {
  return [...order_by, '_fetched_at', '_object', '_line', '_row'];
}

/**
 * SELECT over the merged rows: one text, or no row where nothing is removed. Sorted: equal tombstones, equal bytes. Names of
 * raw objects are long, and many rows come from one: each stands there once, a row has its number.
 */
export function tombstonesSql(table: RankedTable): string {
  const names = namesOf(table);
  const values = names.map((name) => `CAST(${quoteName(name === '_object' ? '_number' : name)} AS VARCHAR)`);
  const keys = table.key.map(quoteName).join(', ');
  return `SELECT
  '{"columns":' || ${quoteText(JSON.stringify(names))} || ',"objects":' || to_json(list(DISTINCT "_object" ORDER BY "_object"))
    || ',"rows":' || to_json(list([${values.join(', ')}] ORDER BY ${keys})) || '}' AS "text"
FROM (SELECT *, dense_rank() OVER (ORDER BY "_object") AS "_number" FROM "merged" WHERE "_deleted")
HAVING count(*) > 0`;
}

/** SELECT over the view `tombstones(text VARCHAR)`: rows with the columns that a tombstone has, by name. */
export function readTombstones(table: RankedTable): string {
  const types = new Map(table.columns.map((column) => [column.name, column]));
  const values = namesOf(table).map((name) =>
    castColumn(
      types.get(name) ?? { name, type: 'varchar' },
      name === '_object' ? '"_object"' : valueOf(name),
    ),
  );
  return `SELECT ${values.join(', ')}, true AS "_deleted"
  FROM (
    SELECT
      from_json(json_extract("text", '$.columns'), '["VARCHAR"]') AS "_names",
      unnest(from_json(json_extract("text", '$.rows'), '[["VARCHAR"]]')) AS "_values"
    FROM "tombstones"
  )
  JOIN (
    SELECT unnest("_objects") AS "_object", generate_subscripts("_objects", 1) AS "_number"
    FROM (SELECT from_json(json_extract("text", '$.objects'), '["VARCHAR"]') AS "_objects" FROM "tombstones")
  ) ON "_number" = CAST(${valueOf('_object')} AS BIGINT)`;
}

function namesOf(table: RankedTable): string[] {
  return [...new Set([...table.key, ...rankOf(table)])];
}

function valueOf(name: string): string {
  return `"_values"[list_position("_names", ${quoteText(name)})]`;
}
