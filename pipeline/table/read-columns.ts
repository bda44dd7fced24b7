import { ConfigError } from '../errors.ts';
import { formatJsonPath } from '../source/json-path.ts';
import type { JsonPath } from '../source/json-path.ts';
import { jsonPointer } from './json-pointer.ts';
import { quoteText } from './quote.ts';
import type { ReadRecords } from './read-records.ts';

/** What a message shows of a value that should have been an array, in characters. */
const shownValue = 20;
const shownSizes = 500;

/** A record is what parallel arrays of the selected object have at the same place; a path is the name of an array. */
export const readColumns: ReadRecords = (paths, { found, selector }) => {
  const arrays = [...new Set(paths.map(nameOfArray))].map((name, index) => ({
    name,
    text: found.at(selector + jsonPointer([name])),
    list: `"_list_${index + 1}"`,
    element: `"_element_${index + 1}"`,
  }));
  if (arrays.length === 0)
    throw new ConfigError('the shape columns needs a column that names an array, from: $.name');
  const elementOf = new Map(arrays.map(({ name, element }) => [name, element]));
  const each = (write: (array: (typeof arrays)[number]) => string, separator = ', ') =>
    arrays.map(write).join(separator);
  const object = quoteText(selector);
  const record = `'{' || concat_ws(',', ${each(({ name, element }) => `${quoteText(`${JSON.stringify(name)}:`)} || coalesce(${element}, 'null')`)}, "_rest"[2:-2]) || '}'`;
  return {
    type: 'OBJECT',
    texts: paths.map((path) => textOf(elementOf.get(nameOfArray(path)) ?? 'NULL')),
    record,
    item: record,
    extra: '"_rest"',
    // A field that is an array as long as the others is part of the records; any other belongs to the response.
    steps: `"lists" AS (
  SELECT
    *,
    ${each(({ text, list }) => `from_json(${text}, '["JSON"]') AS ${list}`, ',\n    ')},
    CASE WHEN "_line_reject" IS NULL THEN list_filter(
      json_keys("_document", ${object}), lambda "_name": "_name" NOT IN (${each(({ name }) => quoteText(name))})
    ) END AS "_unnamed"
  FROM "checked"
),
"measured" AS (
  SELECT
    * EXCLUDE ("_found"),
    [${each(({ list }) => `len(${list})`)}] AS "_lengths",
    -- An array that is absent or null is NULL in every record.
    len(list_filter(
      [${each(({ text }) => text)}], lambda "_array": NOT (starts_with("_array", '[') OR "_array" = 'null')
    )) > 0 AS "_is_odd",
    concat_ws(', ', ${each(({ name, text, list }) => `${quoteText(name)} || coalesce('[' || len(${list}) || ']', ' = ' || left(${text}, ${shownValue}))`)}) AS "_sizes"
  FROM "lists"
),
"aligned" AS (
  SELECT
    * EXCLUDE ("_line_reject", "_line_detail", "_lengths", "_sizes", "_is_odd"),
    "_line_reject" IS NULL AND ("_is_odd" OR list_min("_lengths") < list_max("_lengths")) AS "_is_uneven",
    CASE WHEN "_is_uneven" THEN 'columns_length' ELSE "_line_reject" END AS "_line_reject",
    CASE WHEN "_is_uneven" THEN left("_sizes", ${shownSizes}) ELSE "_line_detail" END AS "_line_detail",
    coalesce(list_max("_lengths"), 0) AS "_length",
    list_filter(
      list_transform("_unnamed", lambda "_name": row(
        to_json("_name"),
        from_json(json_extract("_document", ${object} || '/' || replace(replace("_name", '~', '~0'), '/', '~1')), '["JSON"]')
      )),
      lambda "_field": len("_field"[2]) = "_length"
    ) AS "_extras"
  FROM "measured"
),
"records" AS (
  SELECT
    * EXCLUDE (${each(({ list }) => list)}, "_unnamed", "_extras", "_length", "_is_uneven"),
    ${each(({ list, element }) => `CAST(unnest(CASE WHEN "_line_reject" IS NULL THEN ${list} END) AS VARCHAR) AS ${element}`, ',\n    ')},
    unnest(CASE WHEN "_line_reject" IS NULL AND len("_extras") > 0 THEN list_transform(
      range("_length"),
      lambda "_place": '{' || array_to_string(
        list_transform("_extras", lambda "_field": "_field"[1] || ':' || coalesce("_field"[2]["_place" + 1], 'null')), ','
      ) || '}'
    ) END) AS "_rest",
    unnest(CASE WHEN "_line_reject" IS NULL THEN range("_length") ELSE [NULL] END) AS "_row"
  FROM "aligned"
)`,
  };
};

function nameOfArray(path: JsonPath): string {
  const [name] = path;
  if (path.length === 1 && typeof name === 'string') return name;
  throw new ConfigError(
    `the path ${formatJsonPath(path)} is no name of an array: in the shape columns write $.name, of the object that data_selector finds`,
  );
}

function textOf(element: string): string {
  return `CASE WHEN starts_with(${element}, '"') THEN ${element} ->> '$' ELSE ${element} END`;
}
