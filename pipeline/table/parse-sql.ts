/** The statement over `lines`; see `TableSpec.parse_sql`. One pass: each step reads the step before it, once. */
import { parseJsonPath } from '../source/json-path.ts';
import { parseTemplate } from '../source/template.ts';
import { castIsoTime, castValue } from './cast-value.ts';
import { cleanseText } from './cleanse-text.ts';
import { computedSteps, usesRecord } from './computed-columns.ts';
import { decideRows } from './decide-rows.ts';
import { fileSql } from './file-sql.ts';
import { jsonPointer } from './json-pointer.ts';
import { pointerList } from './pointer-list.ts';
import type { PointerList } from './pointer-list.ts';
import { castColumn, quoteName, quoteText, textName } from './quote.ts';
import { recordTexts } from './record-texts.ts';
import { rowRejects } from './row-rejects.ts';
import type { ColumnOrigin, TableDefinition } from './table-definition.ts';
import type { Column } from './table-spec.ts';

/** What a reject keeps of its record or line, in characters. */
const recordCap = 65_536;
/** What a message shows of an envelope's value, in characters. */
const shownValue = 200;

export function parseSql(definition: TableDefinition, table: { columns: Column[]; key: string[] }): string {
  const selector = `/body${jsonPointer(parseJsonPath(definition.data_selector))}`;
  const found = pointerList({ column: '"_found"', as: 'json' });
  const answer = pointerList({ column: '"_answer"', as: 'text' });
  const [v, scheduledAt, fetchedAt] = ['/v', '/scheduled_at', '/fetched_at'].map((name) => found.at(name));
  const { reader, textOf } = recordTexts(definition, { found, selector });
  const given = definition.columns.filter(({ from }) => !('expression' in from));
  const texts = given.map((column) => {
    const text = textOf(column) ?? answerText(column.from, answer);
    return `${cleanseText(column, text)} AS ${textName(column)}`;
  });
  const typed = given.map((column) => `${castValue(column, textName(column))} AS ${quoteName(column.name)}`);
  if (usesRecord(definition)) typed.push(`CAST(${reader.item} AS JSON) AS "record"`);
  const eventTime = definition.partition_by === 'none' ? undefined : definition.event_time;
  const rejects = rowRejects(definition, { ...table, eventTime });
  const computed = computedSteps(definition, '"typed"');
  const reject = [
    ...(definition.include_when === undefined ? [] : ['WHEN "_filtered" THEN NULL']),
    ...(reader.reject ? [reader.reject.reason] : []),
    rejects.reason,
  ].join('\n      ');
  const detail = [...(reader.reject ? [reader.reject.detail] : []), rejects.detail].join('\n    ');
  const outcome = [
    definition.include_when === undefined ? 'false AS "_filtered"' : '"_filtered"',
    ...(definition.delete_when === undefined ? [] : ['"_deleted"']),
    ...(definition.delete_when === undefined && definition.removable === true ? ['false AS "_deleted"'] : []),
    ...(rejects.violations === undefined ? [] : [`${rejects.violations} AS "_violations"`]),
  ];
  const { steps, last, isStored, extra } = decideRows(definition, { reader, after: computed.last });

  return `WITH
-- A line that is no JSON has no document.
"documents" AS (
  SELECT "object" AS "_object", "line" AS "_line", "text" AS "_text", TRY_CAST("text" AS JSON) AS "_document"
  FROM "lines"
),
"answers" AS (
  SELECT
    *,
    json_type("_document", ${quoteText(selector)}) AS "_selected_type",
    ${found.from('"_document"')} AS "_found",
    ${answer.from('"_document"')} AS "_answer"
  FROM "documents"
),
"timed" AS (
  SELECT
    *,
    ${castIsoTime(`(${scheduledAt} ->> '$')`)} AS "_scheduled_at",
    ${castIsoTime(`(${fetchedAt} ->> '$')`)} AS "_fetched_at"
  FROM "answers"
),
"checked" AS (
  SELECT
    * EXCLUDE ("_selected_type"),
    CASE
      WHEN "_document" IS NULL THEN 'not_json'
      WHEN ${v} IS DISTINCT FROM '1' OR "_scheduled_at" IS NULL OR "_fetched_at" IS NULL THEN 'bad_envelope'
      WHEN "_selected_type" IS NULL AND NOT json_exists("_document", '/body') THEN 'bad_envelope'
      WHEN "_selected_type" IS DISTINCT FROM '${reader.type}' THEN 'selector_missing'
    END AS "_line_reject",
    CASE "_line_reject"
      WHEN 'bad_envelope' THEN CASE
        WHEN ${v} IS DISTINCT FROM '1' THEN concat('v: ', coalesce(left(${v}, ${shownValue}), 'nothing'))
        WHEN "_scheduled_at" IS NULL THEN concat('scheduled_at: ', coalesce(left(${scheduledAt}, ${shownValue}), 'nothing'))
        WHEN "_fetched_at" IS NULL THEN concat('fetched_at: ', coalesce(left(${fetchedAt}, ${shownValue}), 'nothing'))
        ELSE 'body: nothing'
      END
      WHEN 'selector_missing' THEN concat(${quoteText(`${definition.data_selector}: `)}, coalesce("_selected_type", 'nothing'))
    END AS "_line_detail"
  FROM "timed"
),
${reader.steps},
"texts" AS (
  SELECT
    *,
    ${texts.join(',\n    ')}
  FROM ${reader.last ?? '"records"'}
),
"typed" AS (
  SELECT
    *,
    ${typed.join(',\n    ')}
  FROM "texts"
),
${computed.steps}${steps}"judged" AS (
  SELECT
    *,
    CASE
      WHEN "_line_reject" IS NOT NULL THEN "_line_reject"
      ${reject}
    END AS "_reject",
    CASE WHEN ${isStored} THEN ${extra} END AS "_extra"
  FROM ${last}
)
SELECT
  CASE WHEN ${isStored} THEN ${fileSql({ ...definition, ...table }, eventTime)} END AS "_file",
  "_reject",
  CASE "_reject"
    ${detail}
    ELSE "_line_detail"
  END AS "_detail",
  CASE
    WHEN "_line_reject" IS NOT NULL THEN left("_text", ${recordCap})
    WHEN "_reject" IS NOT NULL THEN left(${reader.record}, ${recordCap})
  END AS "_record",
  ${outcome.join(',\n  ')},
  ${table.columns.map((column) => castColumn(column)).join(',\n  ')}
FROM "judged"`;
}

/** A path in the body, or a template filled in as the fetcher fills in parameters: a lone null stays NULL. */
function answerText(from: ColumnOrigin, answer: PointerList): string {
  if ('response' in from) return answer.at(`/body${jsonPointer(parseJsonPath(from.response))}`);
  if (!('template' in from)) throw new TypeError(`${JSON.stringify(from)} is no part of the answer`);
  const parts = parseTemplate(from.template).map((part) => {
    if ('literal' in part) return quoteText(part.literal);
    const { variable, field } = part.placeholder;
    return answer.at(`/request/for${jsonPointer(field === undefined ? [variable] : [variable, field])}`);
  });
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return `concat(${["''", ...parts].join(', ')})`;
}
