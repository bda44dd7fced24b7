/** Why a row does not fit its contract: the first reason, in a fixed order, and what is at fault. */
import { quoteName, quoteText, textName } from './quote.ts';
import type { TableDefinition } from './table-definition.ts';
import type { Column } from './table-spec.ts';

/** Of a value at fault, in characters. */
const valueCap = 200;

interface RowRejects {
  /** Branches of `CASE … END`: the reason. */
  reason: string;
  /** Branches of `CASE "_reject" … END`: the column or value at fault. */
  detail: string;
}

export function rowRejects(
  definition: TableDefinition,
  { columns, key, eventTime }: { columns: Column[]; key: string[]; eventTime: string | undefined },
): RowRejects {
  const casts = definition.columns
    .filter((column) => column.type !== 'varchar')
    .map((column) => ({
      failed: `${quoteName(column.name)} IS NULL AND ${textName(column)} IS NOT NULL`,
      fault: `concat(${quoteText(`${column.name}: `)}, left(${textName(column)}, ${valueCap}))`,
    }));
  const keys = columns
    .filter(({ name }) => key.includes(name))
    .map(({ name }) => ({ failed: `${quoteName(name)} IS NULL`, fault: quoteText(name) }));
  const reason: string[] = [];
  const detail: string[] = [];
  if (casts.length > 0) {
    reason.push(...casts.map(({ failed }) => `WHEN ${failed} THEN 'cast'`));
    detail.push(`WHEN 'cast' THEN ${firstFault(casts)}`);
  }
  reason.push(...keys.map(({ failed }) => `WHEN ${failed} THEN 'key_null'`));
  detail.push(`WHEN 'key_null' THEN ${firstFault(keys)}`);
  if (eventTime !== undefined) {
    const time = quoteName(eventTime);
    reason.push(
      `WHEN ${time} IS NULL THEN 'event_time_null'`,
      `WHEN year(${time}) NOT BETWEEN ${definition.first_year} AND year("_scheduled_at") + 2 THEN 'year_out_of_range'`,
    );
    detail.push(
      `WHEN 'event_time_null' THEN ${quoteText(eventTime)}`,
      `WHEN 'year_out_of_range' THEN concat(${quoteText(`${eventTime}: `)}, ${time})`,
    );
  }
  return { reason: reason.join('\n      '), detail: detail.join('\n    ') };
}

function firstFault(faults: { failed: string; fault: string }[]): string {
  return `CASE ${faults.map(({ failed, fault }) => `WHEN ${failed} THEN ${fault}`).join(' ')} END`;
}
