import type { Path } from '../yaml-span.ts';

/** Parts of the language that have their place and are not in this version: refused by name, never ignored. */
const laterKeys: Record<string, string> = {
  change_feed:
    'a list once, then its events, is two resources: one with every: once, and one with its table as table_name, as in sources/stripe.yaml',
};

const laterValues: Record<string, Record<string, string>> = {
  partition_by: {
    minute: 'partitions of a minute; hour is the smallest',
    list: 'partitions by other columns than the event time',
  },
  write_disposition: {
    replace: 'replacing whole windows; merge keeps one row per key',
    append: 'streams of files; merge keeps one row per key, without a primary_key every row once',
  },
};

/** What other tools have, and how it is said here. */
const elsewhere: Record<string, string> = {
  include_from_parent: "a column takes it from the element of for_each: { value: '{parent.field}' }",
  processing_steps: 'rows are filtered by include_when, and values made by the expression of a column',
  resolve: 'a resource depends on another by for_each: { item: { resource: … } }',
};

/** For a key (or a value of a key) that a later version will know, or that has another name here. */
export function explainLater(path: Path, value?: string): string | undefined {
  const key = String(path.at(-1));
  if (value === undefined) {
    if (Object.hasOwn(elsewhere, key)) return `unknown key '${key}': ${elsewhere[key] ?? ''}`;
    return Object.hasOwn(laterKeys, key)
      ? `'${key}' is not in this version (${laterKeys[key] ?? ''})`
      : undefined;
  }
  const known = Object.hasOwn(laterValues, key) ? laterValues[key] : undefined;
  if (known === undefined || !Object.hasOwn(known, value)) return undefined;
  return `'${key}: ${value}' is not in this version (${known[value] ?? ''})`;
}
