import type { Path } from './yaml-span.ts';

/** Parts of the language that have their place and are not in this version: refused by name, never ignored. */
const laterKeys: Record<string, string> = {
  paginator: 'paging beyond the first response',
  incremental: 'incremental cursors and windows',
  api_budget: 'budgets of calls over several fetches',
  response_filters: 'rules for single error responses',
  error_handler: 'rules for single error responses',
  delete_when: 'deleting rows',
  reconcile: 'deleting rows',
  moving_keys: 'rows that move to another partition',
  schema_contract: 'a choice of what schema drift does',
  group: 'several elements of for_each in one request',
  match: 'several elements of for_each in one request',
  processing_steps: 'filters on records',
  include_from_parent: 'resources that depend on another',
};

const laterValues: Record<string, Record<string, string>> = {
  partition_by: {
    minute: 'partitions of a minute; hour is the smallest',
    list: 'partitions by other columns than the event time',
  },
  shape: { map: 'an object whose keys are data' },
  write_disposition: {
    replace: 'replacing whole windows; merge keeps one row per key',
    append: 'streams of files; merge keeps one row per key, without a primary_key every row once',
  },
};

/** For a key (or a value of a key) that a later version will know; undefined for any other. */
export function explainLater(path: Path, value?: string): string | undefined {
  const key = String(path.at(-1));
  const known =
    value === undefined ? laterKeys : Object.hasOwn(laterValues, key) ? laterValues[key] : undefined;
  const name = value ?? key;
  if (known === undefined || !Object.hasOwn(known, name)) return undefined;
  return value === undefined
    ? `'${key}' is not in this version (${known[name] ?? ''})`
    : `'${key}: ${value}' is not in this version (${known[name] ?? ''})`;
}
