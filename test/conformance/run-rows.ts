import { startHostileApi } from './api-server.ts';
import { createRowParser } from './parse-rows.ts';
import { runRow } from './run-row.ts';
import type { Row } from './row.ts';

export interface RowRunner {
  /** Every difference between what was seen and what the row says. */
  run(row: Row): Promise<string[]>;
  stop(): Promise<void>;
}

/** One API and one DuckDB for all rows; each row begins with an empty ledger, a clock of its own. */
export async function createRowRunner(): Promise<RowRunner> {
  const api = await startHostileApi();
  const parser = await createRowParser();
  return {
    run: async (row) => {
      try {
        return await runRow(row, { api, parser });
      } catch (error) {
        return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
      }
    },
    stop: async () => {
      parser.close();
      await api.stop();
    },
  };
}
