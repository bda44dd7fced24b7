import type { GuessedColumn } from './guess-columns.ts';
import type { Guess } from './sample.ts';

const keyNames = [/^(id|uuid|guid|key|event_id)$/, /_(uuid|guid)$/, /(^|_)id$/, /^(code|number|slug|name)$/];

/** Columns that tell the records apart; undefined when none do, or when one record cannot show it. */
export function guessKey(
  columns: readonly GuessedColumn[],
  timeName: string | undefined,
): Guess<{ names: string[] }> | undefined {
  const usable = columns.filter(({ type }) => type !== 'double' && type !== 'boolean');
  for (const pattern of keyNames) {
    const column = usable.find(({ name, values }) => pattern.test(name) && isUnique([values]));
    if (column) return { names: [column.name], reason: 'by its name, and different in every sampled record' };
  }
  const time = usable.find(({ name }) => name === timeName);
  if (!time) return undefined;
  if (isUnique([time.values])) return { names: [time.name], reason: 'different in every sampled record' };
  const second = usable.find(({ name, values }) => name !== time.name && isUnique([values, time.values]));
  return second && { names: [second.name, time.name], reason: 'together different in every sampled record' };
}

function isUnique(lists: readonly (readonly unknown[])[]): boolean {
  const keys = (lists[0] ?? []).map((_, index) => lists.map((list) => list[index]));
  if (keys.some((key) => key.some((part) => part === null || part === undefined))) return false;
  return new Set(keys.map((key) => JSON.stringify(key))).size === keys.length;
}
