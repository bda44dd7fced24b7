import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { BrokenNdjsonError } from '../../pipeline/ndjson.ts';
import { sumReport, type LoadSums } from '../../pipeline/sum-report.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { openManifest, openReport } from './load-files.ts';
import { updateCatalog } from './update-catalog.ts';

/**
 * Whether what a finished run reports may be committed. The catalog is brought up to date here, before the receipt counts
 * as balanced: a partition that it does not show would be missing from queries in silence (law 16).
 */
export async function judgeLoad(
  load: LoadItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<{ sums: LoadSums } | { fault: string }> {
  const sums = await readSums(load, settings, deps);
  if ('fault' in sums) return sums;
  if (!sums.receipt.balanced) return unbalanced(sums.receipt.faults);
  const { header } = await openManifest(load, { s3: deps.s3, stagingBucket: settings.stagingBucket });
  const faults = await updateCatalog({ load, header, tables: sums.tables }, settings, deps);
  return faults.length === 0 ? { sums } : unbalanced(faults);
}

/** The sums of the report; a fault when it cannot be read: a run that succeeded without a whole report has failed. */
export async function readSums(
  load: LoadItem,
  { stagingBucket }: DispatchSettings,
  { s3 }: DispatchDeps,
): Promise<LoadSums | { fault: string }> {
  const manifest = await openManifest(load, { s3, stagingBucket });
  const where = `s3://${stagingBucket}/${load.report_key}`;
  const report = await openReport(load, { s3, stagingBucket });
  if (!report) return { fault: `the run succeeded and left no report at ${where}` };
  try {
    return await sumReport(manifest, report);
  } catch (error) {
    if (error instanceof BrokenNdjsonError) return { fault: `the report at ${where} ${error.message}` };
    throw error;
  }
}

function unbalanced(faults: readonly string[]): { fault: string } {
  return { fault: `the receipt does not balance: ${faults.join('; ')}` };
}
