import { castColumn, quoteName } from './quote.ts';
import { rankOf, readTombstones } from './tombstones-sql.ts';
import type { RankedTable } from './tombstones-sql.ts';

/** The statement over `incoming` and `stored`, and `tombstones` where rows delete; see `TableSpec.merge_sql`. */
export function mergeSql({ deletes, ...table }: RankedTable & { deletes: boolean }): string {
  const { columns, key } = table;
  const keys = key.map(quoteName);
  const [anyKey = ''] = keys;
  const order = rankOf(table).map(quoteName);
  const merged = columns.map((column) => {
    const name = quoteName(column.name);
    return castColumn(column, `CASE WHEN "_wins" THEN "_newest".${name} ELSE "_kept".${name} END`);
  });
  const isDeleted = 'CASE WHEN "_wins" THEN "_newest"."_deleted" ELSE "_kept"."_deleted" END';
  const outcome = deletes
    ? `WHEN ${isDeleted}
      THEN CASE WHEN "_kept".${anyKey} IS NULL OR "_kept"."_deleted" THEN 'gone' ELSE 'removed' END
    WHEN "_kept".${anyKey} IS NULL OR "_kept"."_deleted" THEN 'inserted'
    WHEN NOT "_wins" THEN 'stored'`
    : `WHEN "_kept".${anyKey} IS NULL THEN 'inserted'
    WHEN NOT "_wins" THEN 'stored'`;
  return `WITH
-- Of the rows that came in, the last one of each key.
"_newest" AS (
  SELECT *
  FROM "incoming"
  QUALIFY row_number() OVER (
    PARTITION BY ${keys.join(', ')}
    ORDER BY ${order.map((name) => `${name} DESC NULLS LAST`).join(', ')}
  ) = 1
),
-- A file written before a column was added does not have it: BY NAME fills it with NULL.
"_kept" AS (
  SELECT *${deletes ? ', false AS "_deleted"' : ''} FROM "stored"
  UNION ALL BY NAME
  SELECT * FROM "incoming" WHERE false${deletes ? `\n  UNION ALL BY NAME\n  ${readTombstones(table)}` : ''}
)
SELECT
  ${merged.join(',\n  ')},
  CASE
    ${outcome}
    WHEN ${order.map((name) => `"_newest".${name} IS NOT DISTINCT FROM "_kept".${name}`).join(' AND ')} THEN 'same'
    ELSE 'updated'
  END AS "_outcome"${deletes ? `,\n  ${isDeleted} AS "_deleted"` : ''}
FROM (
  SELECT
    "_newest",
    "_kept",
    -- The same raw row wins over its stored self: it may have been read with a newer contract.
    CASE
      WHEN "_kept".${anyKey} IS NULL THEN true
      WHEN "_newest".${anyKey} IS NULL THEN false
      ${order.map(decide).join('\n      ')}
      ELSE true
    END AS "_wins"
  FROM "_newest"
  FULL JOIN "_kept" ON ${keys.map((name) => `"_newest".${name} = "_kept".${name}`).join(' AND ')}
)
ORDER BY ${keys.map((name) => `${name} ASC NULLS FIRST`).join(', ')}`;
}

/** By one term of the order: the greater value wins, NULL is least, equal values leave it to the next term. */
function decide(name: string): string {
  const [newest, kept] = [`"_newest".${name}`, `"_kept".${name}`];
  return `WHEN ${newest} IS DISTINCT FROM ${kept} THEN coalesce(${newest} > ${kept}, ${kept} IS NULL)`;
}

/** Everything that changes bytes is fixed: level, size of a row group, format version. */
export const copyOptions =
  '(FORMAT parquet, PARQUET_VERSION v1, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880)';
