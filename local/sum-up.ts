import { CatchwaterError } from '../pipeline/errors.ts';
import { makeReceipt, type Receipt } from '../pipeline/receipt.ts';
import type { LocalClients } from './connect-local.ts';
import type { Cycle } from './follow-cycle.ts';
import type { Stage } from './open-stage.ts';
import { countingSql, previewSql, queryTables, type AnswerRow, type QueryDeps } from './query-tables.ts';
import { readReports, type ReportedFiles } from './read-report.ts';

/** What one cycle has made, and what the tables answer now. */
export interface Summary extends ReportedFiles {
  cycle: Cycle;
  /** Raw objects of the loads. */
  objects: number;
  /** Over the cycle's loads: mostly one. */
  receipt: Receipt;
  query: { sql: string; rows: AnswerRow[] };
  /** Rows in all tables, as the query counts them. */
  rows: number;
  preview: AnswerRow[];
}

interface SumUpDeps {
  stage: Stage;
  clients: LocalClients;
  signal: AbortSignal;
}

export async function sumUp(cycle: Cycle, { stage, clients, signal }: SumUpDeps): Promise<Summary> {
  const { names, athena, s3 } = clients;
  const query: QueryDeps = { athena, workgroup: names.Workgroup, database: names.Database, signal };
  const reported = await readReports(cycle.loads, { s3, stagingBucket: names.StagingBucket });
  const receipts = cycle.loads.flatMap(({ receipt }) => receipt ?? []);
  const receipt = makeReceipt(
    receipts,
    receipts.flatMap(({ faults }) => faults),
  );
  const tables = stage.source.resources.map(({ table }) => table);
  const [first] = tables;
  if (!first) throw new CatchwaterError(`the source ${stage.source.name} has no table`);
  const sql = countingSql([...new Set(tables.map(({ name }) => name))]);
  const rows = await queryTables(sql, query);
  const preview = await queryTables(previewSql(first), query);
  return {
    ...reported,
    cycle,
    objects: receipt.objects,
    receipt,
    query: { sql, rows },
    rows: rows.reduce((sum, row) => sum + Number(row['row_count']), 0),
    preview,
  };
}
