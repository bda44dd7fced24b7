/** What a source makes of a value's text before it is cast: trimmed, taken for nothing, filled in. */
import { quoteText } from './quote.ts';
import type { ColumnDefinition } from './table-definition.ts';

/** What JavaScript's `trim` takes: DuckDB's takes blanks alone, or is slow with a list of characters. */
const whiteSpace = String.raw`[\s\v\p{Z}\x{FEFF}]+`;
const numeric = /^(?:bigint|double|decimal)/;

/** Over the expression `text`; the same expression where the column asks for nothing. */
export function cleanseText(column: ColumnDefinition, text: string): string {
  const { trim = false, null_if: nothings = [], default: standIn } = column;
  const ends = quoteText(`^${whiteSpace}|${whiteSpace}$`);
  const trimmed = trim ? `regexp_replace(${text}, ${ends}, '', 'g')` : text;
  const found = nothings.length > 0 ? withoutNothings(column, trimmed) : trimmed;
  return standIn === undefined ? found : `coalesce(${found}, ${quoteText(String(standIn))})`;
}

/** Numbers are compared as numbers too: -9999 may come as -9999.0. */
function withoutNothings({ type, null_if: nothings = [] }: ColumnDefinition, text: string): string {
  const texts = nothings.map((value) => quoteText(String(value)));
  const numbers = numeric.test(type) ? nothings.filter((value) => typeof value === 'number') : [];
  const same = [`${text} IN (${texts.join(', ')})`];
  if (numbers.length > 0) same.push(`TRY_CAST(${text} AS DOUBLE) IN (${numbers.join(', ')})`);
  return `CASE WHEN ${same.join(' OR ')} THEN NULL ELSE ${text} END`;
}
