import { castColumn, quoteName } from './quote.ts';
import { rankOf, readTombstones } from './tombstones-sql.ts';
import type { RankedTable } from './tombstones-sql.ts';

export interface MergedTable extends RankedTable {
  /** Rows may remove their key: there are tombstones. */
  deletes: boolean;
  /** Rows fetched before a mark do not count. */
  marks: boolean;
  /** Rows may leave for another file. */
  moving: boolean;
}

/** The statement over `incoming`, `stored`, and what else the table's options need; see `TableSpec.merge_sql`. */
export function mergeSql(table: MergedTable): string {
  const { columns, deletes } = table;
  const keys = table.key.map(quoteName);
  const order = rankOf(table).map(quoteName);
  const merged = columns.map((column) => {
    const name = quoteName(column.name);
    return castColumn(column, `CASE WHEN "_wins" THEN "_newest".${name} ELSE "_kept".${name} END`);
  });
  return `WITH
${selectNewest(table)},
${selectKept(table)}
SELECT
  ${merged.join(',\n  ')},
  CASE
    ${decideOutcome(table)}
    WHEN ${order.map((name) => `"_newest".${name} IS NOT DISTINCT FROM "_kept".${name}`).join(' AND ')} THEN 'same'
    ELSE 'updated'
  END AS "_outcome"${deletes ? `,\n  ${isDeleted} AS "_deleted"` : ''}
FROM (
  SELECT
    "_newest",
    "_kept",
    -- The same raw row wins over its stored self: it may have been read with a newer contract.
    ${decideWinner(table)} AS "_wins"
  FROM "_newest"
  FULL JOIN "_kept" ON ${keys.map((name) => `"_newest".${name} = "_kept".${name}`).join(' AND ')}
)
ORDER BY ${keys.map((name) => `${name} ASC NULLS FIRST`).join(', ')}`;
}

/** Whether a row, or a tombstone, was fetched before the mark. */
export const isBelowMark = '"_fetched_at" < (SELECT "at" FROM "mark")';

function selectNewest(table: MergedTable): string {
  const order = rankOf(table).map(quoteName);
  return `-- Of the rows that came in, the last one of each key.
"_newest" AS (
  SELECT *
  FROM "incoming"${table.marks ? `\n  WHERE (${isBelowMark}) IS NOT TRUE` : ''}
  QUALIFY row_number() OVER (
    PARTITION BY ${table.key.map(quoteName).join(', ')}
    ORDER BY ${order.map((name) => `${name} DESC NULLS LAST`).join(', ')}
  ) = 1
)`;
}

/** What the file holds: rows and tombstones, one of each key; `_lost` says why a row does not count any more. */
function selectKept(table: MergedTable): string {
  const { deletes } = table;
  const leaves = table.marks || table.moving;
  const held = `-- A file written before a column was added does not have it: BY NAME fills it with NULL.
"${leaves ? '_held' : '_kept'}" AS (
  SELECT *${deletes ? ', false AS "_deleted"' : ''} FROM "stored"
  UNION ALL BY NAME
  SELECT * FROM "incoming" WHERE false${deletes ? `\n  UNION ALL BY NAME\n  ${readTombstones(table)}` : ''}
)`;
  if (!leaves) return held;
  const moved = table.key.map(quoteName).map((name) => `"moved".${name} = "_held".${name}`);
  return `${held},
"_judged" AS (
  SELECT
    *,
    CASE
      ${[
        ...(table.moving ? [`WHEN EXISTS (FROM "moved" WHERE ${moved.join(' AND ')}) THEN 'moved'`] : []),
        ...(table.marks ? [`WHEN ${isBelowMark} THEN 'vanished'`] : []),
      ].join('\n      ')}
    END AS "_lost"
  FROM "_held"
),
"_kept" AS (
  SELECT * FROM "_judged"${deletes ? ' WHERE "_lost" IS NULL OR NOT "_deleted"' : ''}
)`;
}

const isDeleted = 'CASE WHEN "_wins" THEN "_newest"."_deleted" ELSE "_kept"."_deleted" END';

function decideOutcome({ key: [anyKey = ''], deletes, marks, moving }: MergedTable): string {
  const nothing = `"_kept".${quoteName(anyKey)} IS NULL`;
  const stays = marks || moving ? `coalesce("_kept"."_lost", 'stored')` : `'stored'`;
  return deletes
    ? `WHEN ${isDeleted}
      THEN CASE WHEN ${nothing} OR "_kept"."_deleted" THEN 'gone' ELSE 'removed' END
    WHEN ${nothing} OR "_kept"."_deleted" THEN 'inserted'
    WHEN NOT "_wins" THEN ${stays}`
    : `WHEN ${nothing} THEN 'inserted'
    WHEN NOT "_wins" THEN ${stays}`;
}

/** Whether the newest row that came in takes the place of what is kept, if anything is. */
function decideWinner(table: MergedTable): string {
  const [anyKey = ''] = table.key.map(quoteName);
  const leaves = table.marks || table.moving;
  return `CASE
      WHEN "_kept".${anyKey} IS NULL THEN true
      WHEN "_newest".${anyKey} IS NULL THEN false
      ${[...(leaves ? ['WHEN "_kept"."_lost" IS NOT NULL THEN true'] : []), ...rankOf(table).map(quoteName).map(decide)].join('\n      ')}
      ELSE true
    END`;
}

/** By one term of the order: the greater value wins, NULL is least, equal values leave it to the next term. */
function decide(name: string): string {
  const [newest, kept] = [`"_newest".${name}`, `"_kept".${name}`];
  return `WHEN ${newest} IS DISTINCT FROM ${kept} THEN coalesce(${newest} > ${kept}, ${kept} IS NULL)`;
}

/** Everything that changes bytes is fixed: level, size of a row group, format version. */
export const copyOptions =
  '(FORMAT parquet, PARQUET_VERSION v1, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 122880)';
