/** A child table: its records are the elements of a list in each record of its parent. */
import { ConfigError } from '../errors.ts';
import { formatJsonPath } from '../source/json-path.ts';
import type { JsonPath } from '../source/json-path.ts';
import { jsonPointer } from './json-pointer.ts';
import { leftover, namedPaths } from './leftover-sql.ts';
import { pointerList } from './pointer-list.ts';
import { quoteText } from './quote.ts';
import type { ReadRecords, RecordReader } from './read-records.ts';

/**
 * `_row` of a child is its parent's times this, plus its place: unique, and it shows the parent. More elements than this
 * do not fit into a line of 16 MB, and a parent's number times this stays below 2^53, exact in any language.
 */
const childrenOfOne = 10_000_000;

interface Children {
  readParents: ReadRecords;
  /** Of the list, in the parent's record. */
  records: JsonPath;
  /** Of the columns that come from the parent's record. */
  parentPaths: JsonPath[];
}

export interface ChildReader extends RecordReader {
  /** In the order of `parentPaths`: the text of the value that each finds. */
  parentTexts: string[];
}

export function readChildren(
  paths: JsonPath[],
  line: Parameters<ReadRecords>[1],
  { readParents, records, parentPaths }: Children,
): ChildReader {
  if (records.length === 0)
    throw new ConfigError('records: $ is the parent itself; write the path of its list, as in $.lines');
  const parents = readParents(parentPaths, line);
  const fields = pointerList({ column: '"_child_fields"', as: 'text' });
  const texts = paths.map((path) => fields.at(jsonPointer(path)));
  const pointer = quoteText(jsonPointer(records));
  const noList = `"_child_type" NOT IN ('ARRAY', 'NULL')`;
  return {
    ...parents,
    texts,
    parentTexts: parents.texts,
    item: '"_child"',
    record: `CASE WHEN ${noList} THEN ${parents.record} ELSE coalesce("_child", 'null') END`,
    extra: leftover('"_child"', namedPaths(paths)),
    reject: {
      reason: `WHEN ${noList} THEN 'not_a_list'`,
      detail: `WHEN 'not_a_list' THEN concat(${quoteText(`${formatJsonPath(records)}: `)}, "_child_type")`,
    },
    steps: `${parents.steps},
"lists_of_children" AS (
  SELECT
    *,
    json_type(${parents.item}, ${pointer}) AS "_child_type",
    -- No list is no child; what is something else is one row, to be rejected.
    CASE
      WHEN "_line_reject" IS NOT NULL THEN [NULL]
      WHEN "_child_type" = 'ARRAY' THEN from_json(json_extract(${parents.item}, ${pointer}), '["JSON"]')
      WHEN ${noList} THEN [NULL]
    END AS "_children"
  FROM "records"
),
"numbered_children" AS (
  SELECT
    * EXCLUDE ("_children", "_row"),
    CAST(unnest("_children") AS VARCHAR) AS "_child",
    "_row" * ${childrenOfOne} + unnest(range(len("_children"))) AS "_row"
  FROM "lists_of_children"
),
"children" AS (
  SELECT *, ${fields.from('"_child"')} AS "_child_fields" FROM "numbered_children"
)`,
    last: '"children"',
  };
}
