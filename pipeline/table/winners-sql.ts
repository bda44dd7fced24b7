import { quoteName } from './quote.ts';
import { rankOf } from './tombstones-sql.ts';
import type { RankedTable } from './tombstones-sql.ts';

/**
 * SELECT over the view `candidates`: columns of the key, and `_file` of the candidate that wins it (law 4). Where a raw row
 * meets its stored self, the one that came in wins: it may have been read with a newer contract, which files it elsewhere.
 */
export function winnersSql(table: RankedTable): string {
  const keys = table.key.map(quoteName).join(', ');
  const order = [...rankOf(table), '_incoming', '_file'].map((name) => `${quoteName(name)} DESC NULLS LAST`);
  return `SELECT ${keys}, "_file"
FROM "candidates"
QUALIFY row_number() OVER (
  PARTITION BY ${keys}
  ORDER BY ${order.join(', ')}
) = 1`;
}
