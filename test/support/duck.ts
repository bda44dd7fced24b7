/** DuckDB as the engines set it up: one thread, nothing from the machine's own configuration. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { GoldenLine } from './golden-case.ts';

export async function openDuck(options: Record<string, string> = {}): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', ...options });
  return instance.connect();
}

export async function putLines(duck: DuckDBConnection, lines: readonly GoldenLine[]): Promise<void> {
  await duck.run('CREATE OR REPLACE TABLE lines (object VARCHAR, line BIGINT, text VARCHAR)');
  const appender = await duck.createAppender('lines');
  for (const { object, line, text } of lines) {
    appender.appendVarchar(object);
    appender.appendBigInt(BigInt(line));
    appender.appendVarchar(text);
    appender.endRow();
  }
  appender.closeSync();
}

/** The rows with every value as DuckDB prints it. */
export async function readTexts(
  duck: DuckDBConnection,
  sql: string,
): Promise<Record<string, string | null>[]> {
  const reader = await duck.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`);
  return reader.getRowObjects() as Record<string, string | null>[];
}
