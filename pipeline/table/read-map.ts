import { jsonPointer } from './json-pointer.ts';
import { leftover, namedPaths } from './leftover-sql.ts';
import { pointerList } from './pointer-list.ts';
import type { ReadRecords } from './read-records.ts';

/** A record is the value of a field of the selected object, whose name is data; in quarantine it keeps that name. */
export const readMap: ReadRecords = (paths, { found, selector, taken = [] }) => {
  const fields = pointerList({ column: '"_fields"', as: 'text' });
  const texts = paths.map((path) => fields.at(jsonPointer(path)));
  const object = found.at(selector);
  return {
    type: 'OBJECT',
    texts,
    key: '"_key"',
    item: '"_item"',
    record: `'{' || to_json("_key") || ':' || "_item" || '}'`,
    extra: leftover('"_item"', namedPaths([...paths, ...taken])),
    steps: `"selected" AS (
  SELECT
    * EXCLUDE ("_found"),
    CASE WHEN "_line_reject" IS NULL THEN json_keys(${object}) ELSE [NULL] END AS "_keys",
    CASE WHEN "_line_reject" IS NULL THEN CAST(json_extract(${object}, '$.*') AS VARCHAR[]) ELSE [NULL] END AS "_items"
  FROM "checked"
),
"elements" AS (
  SELECT
    * EXCLUDE ("_keys", "_items"),
    unnest("_keys") AS "_key",
    unnest("_items") AS "_item",
    unnest(CASE WHEN "_line_reject" IS NULL THEN range(len("_keys")) ELSE [NULL] END) AS "_row"
  FROM "selected"
),
"records" AS (
  SELECT *, ${fields.from('"_item"')} AS "_fields" FROM "elements"
)`,
  };
};
