/**
 * SQL of the source's author, set into a statement. Here it is held to be one expression, by its text alone;
 * `deploy/check-sql.ts` has DuckDB read it, with names, types and functions.
 */
import { ConfigError } from '../errors.ts';

/** Texts and quoted names (`''` within them is two of them, side by side), comments, a word before a text, and all else. */
const token =
  /--[^\n]*|\/\*|\*\/|[A-Za-z_]\w*'|'[^']*'|"[^"]*"|[A-Za-z_]\w*|\$\w*|[()[\]{};?'"]|[^\w\s'"()[\]{};?$/*-]+|[\s\S]/g;
/** Texts, comments and names as they are; or a name with the path that arrows lead from it. */
const arrows = /'[^']*'|--[^\n]*|("[^"]*"|[A-Za-z_][\w.]*)((?:\s*->>?\s*(?:'(?:[^']|'')*'|\d+))+)|"[^"]*"/g;
const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
/** What begins a query, and so a look at something else than the row, where an expression could begin. */
const query = /^(?:from|values|table|with|describe|summarize|show|pivot|unpivot)$/;

/** In parentheses of its own; a comment at its end ends there. Throws ConfigError, `where` names the place. */
export function embedExpression(text: string, where: string): string {
  const open: string[] = [];
  let before = '';
  for (const [found] of text.matchAll(token)) {
    const word = found.toLowerCase();
    if (found in closing) open.push(closing[found] ?? '');
    else if (/^[)\]}]$/.test(found) && open.pop() !== found) throw notOne(where, `${found} closes nothing`);
    if (/^['"]$/.test(found)) throw notOne(where, `${found} is never closed`);
    if (/^(?:\/\*|\*\/|;|\?|\$.*)$/.test(found)) throw notOne(where, `${found} has no place in it`);
    if (/^[a-z_]\w*'$/.test(word)) throw notOne(where, `${found} begins a text of another kind; write '…'`);
    const isFirst = before === '' || before === '(';
    if (word === 'select' || (isFirst && query.test(word)))
      throw notOne(where, `${found} would begin a query`);
    if (found.trim() !== '' && !found.startsWith('--')) before = found;
  }
  const [last] = open.slice(-1);
  if (last !== undefined) throw notOne(where, `${last} is missing at its end`);
  if (before === '') throw notOne(where, 'it is empty');
  return `(\n${bindArrows(text.trim())}\n)`;
}

/** DuckDB reads `record->'a' IS NULL` as `record->('a' IS NULL)`; nobody means that. */
function bindArrows(text: string): string {
  return text.replace(arrows, (found, name?: string) => (name === undefined ? found : `(${found})`));
}

/** Whether the text may name the column: as a word, in quotes or not. */
export function mayName(text: string, column: string): boolean {
  const literal = column.replaceAll(/[^\w]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<!\w)${literal}(?!\w)`, 'i').test(text);
}

function notOne(where: string, why: string): ConfigError {
  return new ConfigError(
    `${where}: ${why}; write one SQL expression over the columns and \`record\`, as in temp_c * 1.8 + 32`,
  );
}
