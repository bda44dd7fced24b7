/**
 * The receipt of a load for people and their tools: JSON at `loads/<load>/receipt.json` in the staging bucket, beside the
 * manifest and the report that it is made of. `docs/receipts.md` says what each sum means.
 */
import type { LoadItem } from './ledger/items.ts';
import type { Counts, Receipt } from './receipt.ts';
import type { TableSums } from './sum-report.ts';

export interface ReceiptDocument extends Receipt {
  v: 1;
  load: string;
  /** Of the engine's run. */
  run?: string;
  /** In the staging bucket. */
  manifest: string;
  report: string;
  /** Dead loads whose work this one has recovered, or would have. */
  recovers: string[];
  tables: TableReceipt[];
}

export interface TableReceipt extends Counts {
  table: string;
  /** Why rows are in quarantine: reason code → rows. */
  reasons: Record<string, number>;
}

export const receiptKey = (load: string): string => `loads/${load}/receipt.json`;

/** Made again of the same report it is the same, byte for byte. */
export function receiptDocument(
  { load, job_run_id: run, manifest_key: manifest, report_key: report, recovers }: LoadItem,
  receipt: Receipt,
  tables: readonly TableSums[],
): ReceiptDocument {
  return {
    v: 1,
    load,
    ...(run !== undefined && { run }),
    ...receipt,
    recovers,
    tables: tables.map(({ spec, quarantined, receipt: { balanced: _one, faults: _other, ...counts } }) => ({
      table: spec.name,
      ...counts,
      reasons: quarantined,
    })),
    manifest,
    report,
  };
}
