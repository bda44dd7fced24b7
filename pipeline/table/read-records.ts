/** From the selected value of a line to its records. A rejected line passes through as one row without a record. */
import type { JsonPath } from '../source/json-path.ts';
import { jsonPointer } from './json-pointer.ts';
import { leftover, namedPaths } from './leftover-sql.ts';
import { pointerList } from './pointer-list.ts';
import type { PointerList } from './pointer-list.ts';
import { quoteText } from './quote.ts';

export interface RecordReader {
  /** The JSON type that the selected value must have. */
  type: 'OBJECT' | 'ARRAY';
  /** CTEs from `checked` to `records`, which adds `row`, and may replace `line_reject` and `line_detail`. */
  steps: string;
  /** Over `records`, in the order of the paths: the text of the value that each finds. */
  texts: string[];
  /** Over `records`: the record as JSON text. */
  record: string;
  /** Over `records`: what stands at the record's place in the answer, as JSON text; NULL where it is null. */
  item: string;
  /** Over `records`: what no column names, as JSON text. */
  extra: string;
  /** Over `records`: the name under which a record stands; of the shape `map`. */
  key?: string;
  /** Where `records` is not the last of the steps. */
  last?: string;
  /** Branches before all others: of a row that is no record. */
  reject?: { reason: string; detail: string };
}

/** `found` gives values of the whole line, `selector` points to the selected one; what is `taken` is not left over. */
export type ReadRecords = (
  paths: JsonPath[],
  line: { found: PointerList; selector: string; taken?: JsonPath[] },
) => RecordReader;

/** One record: the selected object. */
export const readObject: ReadRecords = (paths, { found, selector, taken = [] }) => {
  const fields = pointerList({ column: '"_fields"', as: 'text' });
  const texts = paths.map((path) => fields.at(jsonPointer(path)));
  return {
    type: 'OBJECT',
    texts,
    record: '"_item"',
    item: '"_item"',
    extra: leftover('"_item"', namedPaths([...paths, ...taken])),
    steps: `"selected" AS (
  SELECT * EXCLUDE ("_found"), CASE WHEN "_line_reject" IS NULL THEN ${found.at(selector)} END AS "_item"
  FROM "checked"
),
"records" AS (
  SELECT *, CASE WHEN "_line_reject" IS NULL THEN 0 END AS "_row", ${fields.from('"_item"')} AS "_fields"
  FROM "selected"
)`,
  };
};

/** A record is an element of the selected array. */
export const readList: ReadRecords = (paths, { found, selector, taken = [] }) => {
  const fields = pointerList({ column: '"_fields"', as: 'text' });
  const texts = paths.map((path) => fields.at(jsonPointer(path)));
  return {
    type: 'ARRAY',
    texts,
    record: `coalesce("_item", 'null')`,
    item: '"_item"',
    extra: leftover('"_item"', namedPaths([...paths, ...taken])),
    steps: `"selected" AS (
  SELECT
    * EXCLUDE ("_found"),
    CASE WHEN "_line_reject" IS NULL THEN ${elementsOf(selector, found)} ELSE [NULL] END AS "_list"
  FROM "checked"
),
"elements" AS (
  SELECT
    * EXCLUDE ("_list"),
    CAST(unnest("_list") AS VARCHAR) AS "_element",
    unnest(CASE WHEN "_line_reject" IS NULL THEN range(len("_list")) ELSE [NULL] END) AS "_row"
  FROM "selected"
),
"records" AS (
  SELECT
    * EXCLUDE ("_element"), nullif("_element", 'null') AS "_item", ${fields.from('"_element"')} AS "_fields"
  FROM "elements"
)`,
  };
};

/** Names that a path finds as a pointer does: no wildcard, and no number, which a pointer takes for a place in a list too. */
const plainNames = /^(\/[A-Za-z_][\w. -]*)+$/;

/** The elements, in one pass over the document where a path can name them; or else by way of a copy of the list. */
function elementsOf(selector: string, found: PointerList): string {
  if (!plainNames.test(selector)) return `from_json(${found.at(selector)}, '["JSON"]')`;
  const names = selector.slice(1).split('/');
  return `json_extract("_document", ${quoteText(`$${names.map((name) => `."${name}"`).join('')}[*]`)})`;
}
