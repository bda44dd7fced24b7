/** A value of the source file as SQL, to be compared with a column. */
import { ConfigError } from '../errors.ts';
import { quoteText } from './quote.ts';
import type { ColumnDefinition, Scalar } from './table-definition.ts';

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const time = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(?:Z|[+-]\d{2}:\d{2})?$/;

/** `what`: the key that holds it, for the message of the ConfigError. */
export function scalarLiteral({ name, type }: ColumnDefinition, what: string, value: Scalar): string {
  const text = String(value);
  if (type === 'varchar') return quoteText(text);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text;
    throw unfit({ name, type, what, text }, 'true or false');
  }
  if (type === 'date') {
    if (date.test(text) && !Number.isNaN(Date.parse(text))) return `DATE ${quoteText(text)}`;
    throw unfit({ name, type, what, text }, 'a date as 2026-11-21');
  }
  if (type === 'timestamp') return timestampLiteral({ name, type, what, text });
  if (!number.test(text)) throw unfit({ name, type, what, text }, 'a number');
  return type === 'double' ? `CAST(${quoteText(text)} AS DOUBLE)` : text;
}

function timestampLiteral(found: Parameters<typeof unfit>[0]): string {
  const { text } = found;
  // Without an offset it is UTC; JavaScript would take the machine's own time where hours are given.
  const iso = text.length === 10 || /Z$|[+-]\d{2}:\d{2}$/.test(text) ? text : `${text}Z`;
  const milliseconds = time.test(text) ? Date.parse(iso.replace(' ', 'T')) : NaN;
  if (Number.isNaN(milliseconds)) throw unfit(found, 'a time as 2026-11-21T10:00:00Z');
  const utc = new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
  return `TIMESTAMP ${quoteText(utc)}`;
}

function unfit(
  { name, type, what, text }: { name: string; type: string; what: string; text: string },
  wanted: string,
): ConfigError {
  return new ConfigError(`column ${name}: ${what}: ${text} is no ${type}; write ${wanted}`);
}
