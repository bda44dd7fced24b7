/** Where keys are, as one file says it; see `TableSpec.places_sql`. */
import { isBelowMark } from './merge-sql.ts';
import { castColumn, quoteName } from './quote.ts';
import { rankOf, readTombstones } from './tombstones-sql.ts';
import type { RankedTable } from './tombstones-sql.ts';
import type { Column } from './table-spec.ts';

/** SELECT over `stored`, and `tombstones` and `mark` where the table has them: key and rank of every row that counts. */
export function placesSql({
  deletes,
  marks,
  ...table
}: RankedTable & { deletes: boolean; marks: boolean }): string {
  const columns = placeColumns(table);
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  // A file written before a column was added does not have it: BY NAME fills it with NULL.
  const empty = columns.map((column) => castColumn(column, 'NULL')).join(', ');
  const stored = `SELECT ${names}
FROM (SELECT * FROM "stored" UNION ALL BY NAME SELECT ${empty} WHERE false)`;
  const places = deletes ? `${stored}\nUNION ALL\nSELECT ${names} FROM (${readTombstones(table)})` : stored;
  if (!marks) return places;
  return `SELECT ${names}
FROM (${places})
WHERE (${isBelowMark}) IS NOT TRUE`;
}

/** Columns of a place: the key, and what says which of two places is the later one's. */
function placeColumns(table: RankedTable): Column[] {
  const types = new Map(table.columns.map((column) => [column.name, column]));
  const names = new Set([...table.key, ...rankOf(table)]);
  return [...names].map((name) => types.get(name) ?? { name, type: 'varchar' });
}
