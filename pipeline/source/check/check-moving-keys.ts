import { eventTimeOf, namesOf } from '../compile/define-table.ts';
import type { Report } from '../report.ts';
import type { KeyParts } from './check-key.ts';

/** `moving_keys` is for keys whose event time can change, in a table where that means another place. */
export function checkMovingKeys(parts: KeyParts, report: Report): void {
  if (parts.moving_keys !== true) return;
  const refuse = (message: string): void => report(['moving_keys'], message, { on: 'key' });
  const key = namesOf(parts.primary_key);
  const { column, immutable } = eventTimeOf(parts.event_time) ?? { column: '', immutable: false };
  if (parts.partition_by === 'none')
    refuse('with partition_by: none a row has nowhere to move to: leave out moving_keys');
  else if (key.length === 0) refuse('which stored row is it that moves? Add a primary_key');
  else if (key.includes(column))
    refuse(
      `the event time '${column}' is part of the primary_key: with another time it is another row; leave out moving_keys, or take it out of the key`,
    );
  else if (immutable)
    refuse(`the event time '${column}' is immutable, so that no row moves: leave out one of the two`);
  else if (parts.partition_by === 'hour') {
    const message =
      'each load reads the keys of every file of the table, and this one has a file for each hour: partition_by: day or month makes them fewer';
    report(['moving_keys'], message, { on: 'key', severity: 'warning' });
  }
}
