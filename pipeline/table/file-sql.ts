/** `_file`: the file a row belongs to, a function of its event time and its key alone (law 14). */
import { quoteName, quoteText } from './quote.ts';
import type { ColumnType, Granularity, TableSpec } from './table-spec.ts';

/** strftime formats; every level has a folder of its own. */
const folders: Record<Granularity, string> = {
  none: '',
  year: 'year=%Y/',
  month: 'year=%Y/month=%m/',
  day: 'year=%Y/month=%m/day=%d/',
  hour: 'year=%Y/month=%m/day=%d/hour=%H/',
};

type FiledTable = Pick<TableSpec, 'columns' | 'key' | 'partition_by' | 'files_per_partition'>;

/** `eventTime`: of a table that is partitioned. */
export function fileSql(table: FiledTable, eventTime: string | undefined): string {
  const named = (end: string): string => {
    const format = quoteText(`${folders[table.partition_by]}part-${end}`);
    return eventTime === undefined ? format : `strftime(${quoteName(eventTime)}, ${format})`;
  };
  if (table.files_per_partition === 1) return named('0.parquet');
  return `${named('')} || ${fileNumber(table)} || '.parquet'`;
}

/** The first 13 hexadecimal digits of md5 (52 bits: exact in any language's numbers), modulo the number of files. */
function fileNumber({ columns, key, files_per_partition }: FiledTable): string {
  const parts = key.map((name) => {
    const type = columns.find((column) => column.name === name)?.type ?? 'varchar';
    const text = canonicalText(quoteName(name), type);
    return `strlen(${text}) || ':' || ${text}`;
  });
  return `CAST('0x' || left(md5(${parts.join(' || ')}), 13) AS BIGINT) % ${files_per_partition}`;
}

function canonicalText(column: string, type: ColumnType): string {
  if (type === 'varchar') return column;
  if (type === 'timestamp') return `CAST(epoch_us(${column}) AS VARCHAR)`;
  if (type === 'date') return `CAST(${column} - DATE '1970-01-01' AS VARCHAR)`;
  return `CAST(${column} AS VARCHAR)`;
}
