/** An expression as DuckDB parses it, and what has no place in one: whatever looks beyond the row, or is never the same twice. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../pipeline/table/quote.ts';

interface Fault {
  message: string;
  offset?: number;
}

const opening = 'SELECT (\n';
/** Names that stand for functions without parentheses, and functions that DuckDB takes for constant but depend on the clock or machine. */
const changing =
  /^(?:current_|local_?time|get_current|getvariable|getenv|version$|age$|today$|now$|txid_|pg_|has_|inet_)/;
const unfitParts: Record<string, string> = {
  SUBQUERY:
    'a query has no place in it: an expression sees its own row only (for a list, list_contains does what ANY does)',
  WINDOW: 'a window function has no place in it: an expression sees its own row only',
  STAR: '* has no place in it: name the columns',
  PARAMETER: '? has no place in it',
};

/** `columns`: so that a message can say which of them are words of SQL. */
export async function parseExpression(
  duck: DuckDBConnection,
  text: string,
  columns: readonly string[],
): Promise<{ tree: unknown } | Fault> {
  const query = quoteText(`${opening}${text}\n)`);
  const [row] = (await duck.runAndReadAll(`SELECT json_serialize_sql(${query}) AS tree`)).getRowObjects();
  const answer = JSON.parse(String(row?.['tree'])) as {
    error: boolean;
    error_message?: string;
    position?: string;
    statements?: { node: { type: string; select_list?: unknown[]; from_table?: { type: string } } }[];
  };
  if (answer.error) {
    const message = (answer.error_message ?? 'no SQL') + (await explainWords(duck, text, columns));
    return { message, ...offsetIn(text, Number(answer.position)) };
  }
  const [statement, ...others] = answer.statements ?? [];
  const [tree, ...more] = statement?.node.select_list ?? [];
  const isOne =
    others.length === 0 &&
    more.length === 0 &&
    statement?.node.from_table?.type === 'EMPTY' &&
    tree !== undefined;
  return isOne ? { tree } : { message: 'it is more than one expression' };
}

/** `at`, `end` and `order` are fine names of columns, but only in quotes. */
async function explainWords(
  duck: DuckDBConnection,
  text: string,
  columns: readonly string[],
): Promise<string> {
  const found = await duck.runAndReadAll('SELECT keyword_name AS word FROM duckdb_keywords()');
  const words = new Set(found.getRowObjects().map((row) => String(row['word'])));
  const bare = columns.filter(
    (name) => words.has(name) && new RegExp(`(?<!["\\w])${name}(?!["\\w])`).test(text),
  );
  return bare.map((name) => `; ${name} is a word of SQL too: write "${name}", in double quotes`).join('');
}

/** The first part of the tree that cannot be there; undefined when there is none. */
export async function findUnfit(
  duck: DuckDBConnection,
  tree: unknown,
  { text, columns }: { text: string; columns: readonly string[] },
): Promise<Fault | undefined> {
  const called: { name: string; location: number }[] = [];
  for (const part of partsOf(tree)) {
    const location = Number(part['query_location']);
    const unfit = unfitParts[String(part['class'])];
    if (unfit !== undefined) return { message: unfit, ...offsetIn(text, location) };
    const [name, ...rest] = (part['column_names'] as string[] | undefined) ?? [];
    if (name !== undefined && rest.length === 0 && changing.test(name) && !columns.includes(name))
      return { message: notTheSame(name), ...offsetIn(text, location) };
    if (part['class'] === 'FUNCTION')
      called.push({ name: String(part['function_name']).toLowerCase(), location });
  }
  const kinds = await kindsOf(
    duck,
    called.map(({ name }) => name),
  );
  for (const { name, location } of called) {
    const found = kinds.get(name);
    if (changing.test(name) || found?.includes('changing') === true)
      return { message: notTheSame(name), ...offsetIn(text, location) };
    if (found && !found.includes('scalar')) {
      const message = `${name} works on many rows; an expression sees its own row only (for a list there is list_aggregate)`;
      return { message, ...offsetIn(text, location) };
    }
  }
  return undefined;
}

/** Every object of the tree, from the outside in. */
function* partsOf(tree: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(tree)) for (const part of tree) yield* partsOf(part);
  else if (typeof tree === 'object' && tree !== null) {
    yield tree as Record<string, unknown>;
    yield* partsOf(Object.values(tree));
  }
}

/** Of each function that DuckDB knows: `scalar`, `many rows`, `changing`. */
async function kindsOf(duck: DuckDBConnection, names: readonly string[]): Promise<Map<string, string[]>> {
  if (names.length === 0) return new Map();
  const found = await duck.runAndReadAll(
    `SELECT function_name AS name, list(DISTINCT CASE
       WHEN function_type = 'scalar' AND stability <> 'CONSISTENT' THEN 'changing'
       WHEN function_type IN ('scalar', 'macro') THEN 'scalar'
       ELSE 'many rows' END)::VARCHAR AS kinds
     FROM duckdb_functions() WHERE function_name IN (${names.map(quoteText).join(', ')}) GROUP BY function_name`,
  );
  return new Map(
    found.getRowObjects().map((row) => [String(row['name']), String(row['kinds']).slice(1, -1).split(', ')]),
  );
}

function notTheSame(name: string): string {
  return `${name} is not the same each time: a row read again would be another row; take _fetched_at or _scheduled_at for the time`;
}

/** From bytes of the statement to characters of the text. */
function offsetIn(text: string, location: number): { offset?: number } {
  const bytes = Buffer.from(opening + text);
  if (!(location >= opening.length && location < bytes.length)) return {};
  return { offset: bytes.subarray(0, location).toString().length - opening.length };
}
