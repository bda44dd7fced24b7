import { ConfigError } from '../errors.ts';
import { quoteName, quoteText } from './quote.ts';
import type { ColumnDefinition } from './table-definition.ts';

/**
 * SELECT over the merged rows: `violation` VARCHAR and `rows`, how many rows share their value with another. Which of
 * them is wrong nobody knows, and another load may bring it: so no row can be sent to quarantine for it.
 */
export function uniqueSql(
  columns: readonly ColumnDefinition[],
  { deletes, leaves }: { deletes: boolean; leaves: boolean },
): string {
  return columns
    .map(({ name, on_fail = 'warn' }) => {
      if (on_fail === 'quarantine') {
        throw new ConfigError(
          `column ${name}: unique: of rows with one value none is the wrong one, so none can go to quarantine; write on_fail: warn or fail`,
        );
      }
      const column = quoteName(name);
      const gone = leaves ? ` AND "_outcome" NOT IN ('vanished', 'moved')` : '';
      const live = `${deletes ? ' AND NOT "_deleted"' : ''}${gone}`;
      return `SELECT ${quoteText(`${on_fail} not_unique ${name}`)} AS "violation", CAST(sum("_rows") AS BIGINT) AS "rows"
FROM (SELECT count(*) AS "_rows" FROM "merged" WHERE ${column} IS NOT NULL${live} GROUP BY ${column} HAVING count(*) > 1)
HAVING count(*) > 0`;
    })
    .join('\nUNION ALL\n');
}
