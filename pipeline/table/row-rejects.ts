/** Why a row does not fit its contract: the first reason, in a fixed order, and what is at fault. */
import { castFaults, expressionFaults, ruleFaults } from './column-faults.ts';
import type { Fault } from './column-faults.ts';
import { quoteName, quoteText } from './quote.ts';
import type { TableDefinition } from './table-definition.ts';
import type { Column } from './table-spec.ts';

interface RowRejects {
  /** Branches of `CASE … END`: the reason. */
  reason: string;
  /** Branches of `CASE "_reject" … END`: the column or value at fault. */
  detail: string;
  /** Over the judged rows, the list of texts `<warn or fail> <reason> <column>`; undefined where there can be none. */
  violations: string | undefined;
}

/** What a message shows of the names of unknown fields, in characters. */
const shownFields = 500;

export function rowRejects(
  definition: TableDefinition,
  { columns, key, eventTime }: { columns: Column[]; key: string[]; eventTime: string | undefined },
): RowRejects {
  const casts = castFaults(definition);
  const keys = columns
    .filter(({ name }) => key.includes(name))
    .map(({ name }): Fault => ({
      reason: 'key_null',
      column: name,
      failed: `${quoteName(name)} IS NULL`,
      detail: quoteText(name),
      on_fail: 'quarantine',
    }));
  const rules = ruleFaults(definition);
  const groups = [
    ...grouped(casts),
    ...grouped(expressionFaults(definition)),
    ...grouped(keys),
    ...eventTimeFaults(definition, eventTime),
    ...unknownFields(definition),
    ...grouped(rules),
  ];
  return {
    reason: groups.flatMap((group) => group.reason).join('\n      '),
    detail: groups.map((group) => group.detail).join('\n    '),
    violations: violations(definition, [...casts, ...rules]),
  };
}

interface Group {
  reason: string[];
  detail: string;
}

/** Reasons in the order of their first fault. */
function grouped(faults: readonly Fault[]): Group[] {
  const rejecting = faults.filter(({ on_fail }) => on_fail !== 'warn');
  return [...Map.groupBy(rejecting, ({ reason }) => reason)].map(([reason, same]) => ({
    reason: same.map(({ failed }) => `WHEN ${failed} THEN ${quoteText(reason)}`),
    detail: `WHEN ${quoteText(reason)} THEN CASE ${same.map(({ failed, detail }) => `WHEN ${failed} THEN ${detail}`).join(' ')} END`,
  }));
}

function eventTimeFaults({ first_year }: TableDefinition, eventTime: string | undefined): Group[] {
  if (eventTime === undefined) return [];
  const time = quoteName(eventTime);
  return [
    {
      reason: [
        `WHEN ${time} IS NULL THEN 'event_time_null'`,
        `WHEN year(${time}) NOT BETWEEN ${first_year} AND year("_scheduled_at") + 2 THEN 'year_out_of_range'`,
      ],
      detail: `WHEN 'event_time_null' THEN ${quoteText(eventTime)}
    WHEN 'year_out_of_range' THEN concat(${quoteText(`${eventTime}: `)}, ${time})`,
    },
  ];
}

/** Fields that no column names, where the contract does not let them into `_extra`. */
function unknownFields({ schema_contract }: TableDefinition): Group[] {
  const action = schema_contract?.columns ?? 'evolve';
  if (action === 'evolve' || action === 'discard_value') return [];
  return [
    {
      reason: [`WHEN "_leftover" IS NOT NULL THEN 'contract_column'`],
      detail: `WHEN 'contract_column' THEN left(array_to_string(json_keys("_leftover"), ', '), ${shownFields})`,
    },
  ];
}

function violations({ schema_contract, include_when }: TableDefinition, faults: Fault[]): string | undefined {
  const stored = include_when === undefined ? '"_reject" IS NULL' : '"_reject" IS NULL AND NOT "_filtered"';
  const found = faults
    .filter(({ on_fail }) => on_fail !== 'quarantine')
    .map(({ reason, column, failed, on_fail }) => {
      const when = on_fail === 'warn' ? stored : `"_reject" = ${quoteText(reason)}`;
      return `CASE WHEN ${when} AND (${failed}) THEN ${quoteText(`${on_fail} ${reason} ${column}`)} END`;
    });
  const action = schema_contract?.columns ?? 'evolve';
  const lists = [
    ...(found.length > 0
      ? [`list_filter([${found.join(', ')}], lambda "_violation": "_violation" IS NOT NULL)`]
      : []),
    ...(action === 'discard_value' ? [fieldsNamed(stored, 'warn contract_column ')] : []),
    ...(action === 'freeze' ? [fieldsNamed(`"_reject" = 'contract_column'`, 'fail contract_column ')] : []),
  ];
  if (lists.length === 0) return undefined;
  return lists.length === 1 ? lists[0] : `list_concat(${lists.join(', ')})`;
}

/** One violation for each unknown field. */
function fieldsNamed(when: string, prefix: string): string {
  const fields = 'coalesce(json_keys("_leftover"), [])';
  return `CASE WHEN ${when} THEN list_transform(${fields}, lambda "_field": ${quoteText(prefix)} || "_field") END`;
}
