import type { GuessedColumn } from './guess-columns.ts';
import type { Guess } from './sample.ts';

/** Best first. What ends in `updated` moves, so it comes last. */
const timeNames = [
  /^(time|timestamp|datetime|event_time|observed_at|occurred_at|dt)$/,
  /(^|_)(time|timestamp|datetime|observed|occurred|start)(_at)?$/,
  /(^|_)(created|inserted|published|registered)(_at|_on|_date)?$/,
  /(^|_)date$/,
  /(^|_)(last_)?updated(_at|_epoch)?$/,
];

/** The column whose time says which partition a row belongs to. */
export function guessEventTime(
  columns: readonly GuessedColumn[],
): Guess<{ name: string; created: boolean }> | undefined {
  const times = columns.filter(
    ({ type, values }) => (type === 'timestamp' || type === 'date') && values.every((value) => value != null),
  );
  for (const pattern of timeNames) {
    const time = times.find(({ name }) => pattern.test(name));
    if (!time) continue;
    const created = /created|inserted|published|registered/.test(time.name);
    return { name: time.name, created, reason: created ? 'a time of creation, by its name' : 'by its name' };
  }
  const [only, second] = times;
  return only && !second ? { name: only.name, created: false, reason: 'the only time there is' } : undefined;
}
