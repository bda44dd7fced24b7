/** `_extra`: what is left of a record when everything that a column names has been taken out. */
import type { JsonPath } from '../source/json-path.ts';
import { quoteText } from './quote.ts';

/** Named paths as a tree: a leaf is a value that some column has taken, whole. */
export interface NamedPaths {
  taken: boolean;
  below: Map<string | number, NamedPaths>;
}

export function namedPaths(paths: JsonPath[]): NamedPaths {
  const root: NamedPaths = { taken: false, below: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of path) {
      const next = node.below.get(step) ?? { taken: false, below: new Map() };
      node.below.set(step, next);
      node = next;
    }
    node.taken = true;
  }
  return root;
}

/**
 * Over the JSON expression `value`, an expression for its text without what is taken; NULL when nothing is left. The value
 * is as DuckDB writes it, so that its first character says its type. Fields keep their order. An object or list that holds
 * a named path goes when it is empty but for that; an element of a list leaves `null` in its place, so that the others
 * keep theirs.
 */
export function leftover(value: string, named: NamedPaths, depth = 0): string {
  if (named.taken) return 'NULL';
  if (named.below.size === 0) return `nullif(${value}, '{}')`;
  const branches: string[] = [];
  const entries = [...named.below];
  if (entries.some(([step]) => typeof step === 'string')) {
    branches.push(`WHEN starts_with(${value}, '{') THEN ${leftoverObject(value, named, depth)}`);
  }
  if (entries.some(([step]) => typeof step === 'number')) {
    branches.push(`WHEN starts_with(${value}, '[') THEN ${leftoverList(value, named, depth)}`);
  }
  return `CASE ${branches.join(' ')} WHEN ${value} = 'null' THEN NULL ELSE ${value} END`;
}

function leftoverObject(value: string, named: NamedPaths, depth: number): string {
  const field = `"_field_${depth}"`;
  const fields = [...named.below].filter(([step]) => typeof step === 'string');
  const taken = fields.filter(([, node]) => node.taken).map(([step]) => quoteText(String(step)));
  const nested = fields.filter(([, node]) => !node.taken);
  const untaken =
    taken.length === 0
      ? `list_zip(json_keys(${value}), CAST(json_extract(${value}, '$.*') AS VARCHAR[]))`
      : `list_filter(list_zip(json_keys(${value}), CAST(json_extract(${value}, '$.*') AS VARCHAR[])), lambda ${field}: ${field}[1] NOT IN (${taken.join(', ')}))`;
  const kept =
    nested.length === 0
      ? `${field}[2]`
      : `CASE ${field}[1] ${nested
          .map(
            ([step, node]) =>
              `WHEN ${quoteText(String(step))} THEN ${leftover(`${field}[2]`, node, depth + 1)}`,
          )
          .join(' ')} ELSE ${field}[2] END`;
  // NULL || text is NULL; string_agg leaves NULLs out, and is NULL when nothing is left.
  const texts = `list_transform(${untaken}, lambda ${field}: to_json(${field}[1]) || ':' || ${kept})`;
  const object = `'{' || list_aggregate(${texts}, 'string_agg', ',') || '}'`;
  if (depth > 0 || nested.length > 0) return object;
  // Most records have no other fields: their names tell so for a third of what their values would cost.
  const others = `list_filter(json_keys(${value}), lambda ${field}: ${field} NOT IN (${taken.join(', ')}))`;
  return `CASE WHEN len(${others}) > 0 THEN ${object} END`;
}

function leftoverList(value: string, named: NamedPaths, depth: number): string {
  const element = `"_element_${depth}"`;
  const index = `"_index_${depth}"`;
  const branches = [...named.below]
    .filter(([step]) => typeof step === 'number')
    .map(([step, node]) => `WHEN ${Number(step) + 1} THEN ${leftover(element, node, depth + 1)}`);
  const texts = `list_transform(CAST(json_extract(${value}, '$[*]') AS VARCHAR[]), lambda ${element}, ${index}: coalesce(CASE ${index} ${branches.join(' ')} ELSE ${element} END, 'null'))`;
  const text = `"_text_${depth}"`;
  // list_filter serves as a `let`: NULLIF would have everything below computed twice at each depth.
  return String.raw`list_filter(['[' || array_to_string(${texts}, ',') || ']'], lambda ${text}: NOT regexp_full_match(${text}, '\[(null(,null)*)?\]'))[1]`;
}
