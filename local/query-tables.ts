import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  type AthenaClient,
} from '@aws-sdk/client-athena';
import { setTimeout as wait } from 'node:timers/promises';
import { CatchwaterError } from '../pipeline/errors.ts';
import type { TableSpec } from '../pipeline/table/table-spec.ts';

export interface QueryDeps {
  athena: Pick<AthenaClient, 'send'>;
  workgroup: string;
  database: string;
  signal: AbortSignal;
}

export type AnswerRow = Record<string, string | number | null>;

const pollMs = 200;

/** Asks Athena and waits for the answer: its first 1,000 rows. */
export async function queryTables(
  sql: string,
  { athena, workgroup, database, signal }: QueryDeps,
): Promise<AnswerRow[]> {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: { Database: database },
    }),
  );
  for (;;) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') break;
    if (State === 'FAILED' || State === 'CANCELLED') {
      throw new CatchwaterError(
        `the query ended in ${State}: ${StateChangeReason ?? 'no reason given'}\n${sql}`,
      );
    }
    await wait(pollMs, undefined, { signal });
  }
  const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
  const columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  // The first row repeats the names.
  return (ResultSet?.Rows ?? []).slice(1).map(({ Data = [] }) => {
    return Object.fromEntries(
      columns.map(({ Name = '', Type = '' }, index) => [Name, readValue(Data[index]?.VarCharValue, Type)]),
    );
  });
}

const numeric = ['integer', 'int', 'bigint', 'double', 'float', 'real'];

/** Athena answers in texts. */
function readValue(text: string | undefined, type: string): string | number | null {
  if (text === undefined) return null;
  return numeric.includes(type) ? Number(text) : text;
}

/** One line for each table: how much there is, and of when. */
export function countingSql(tables: readonly string[]): string {
  const selects = tables.map(
    (name) =>
      `SELECT '${name}' AS table_name, count(*) AS row_count, max(_scheduled_at) AS last_fetch FROM "${name}"`,
  );
  return selects.join(' UNION ALL ');
}

/** Some rows of the newest partition. */
export function previewSql({ name, columns, key, partition_by }: TableSpec): string {
  const shown = columns.filter((column) => !column.name.startsWith('_')).slice(0, 7);
  const depth = partitionColumns.indexOf(partition_by as (typeof partitionColumns)[number]) + 1;
  const newest = partitionColumns.slice(0, depth).map((column) => `${column} DESC`);
  const order = [...newest, ...key.map((column) => `"${column}"`)].join(', ');
  return `SELECT ${shown.map((column) => `"${column.name}"`).join(', ')} FROM "${name}" ORDER BY ${order} LIMIT 5`;
}

const partitionColumns = ['year', 'month', 'day', 'hour'] as const;
