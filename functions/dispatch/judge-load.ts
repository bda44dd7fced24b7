import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { Fault } from '../../pipeline/ledger/load.ts';
import type { Manifest } from '../../pipeline/manifest.ts';
import { BrokenNdjsonError } from '../../pipeline/ndjson.ts';
import { addFaults, type Receipt } from '../../pipeline/receipt.ts';
import { sumReport, type LoadSums } from '../../pipeline/sum-report.ts';
import { checkFiles } from './check-files.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { openManifest, openReport } from './load-files.ts';
import { updateCatalog } from './update-catalog.ts';

/**
 * Whether what a finished run reports may be committed: the report adds up, and the stored files are as it says. The
 * catalog is brought up to date here, before the receipt counts as balanced: a partition that it does not show would be
 * missing from queries in silence (law 16).
 */
export async function judgeLoad(
  load: LoadItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<{ sums: ReadSums } | { fault: Fault } | 'under way'> {
  const sums = await readSums(load, settings, deps);
  if ('fault' in sums) return { fault: { error: sums.fault } };
  if (!sums.receipt.balanced) return unbalanced(sums.receipt);
  const check = await checkFiles(load, sums, settings, deps);
  if (check === 'under way') return check;
  const { checked, faults } = check;
  const receipt = addFaults({ ...sums.receipt, checked }, faults);
  if (!receipt.balanced) return unbalanced(receipt);
  const { header } = sums.manifest;
  const missing = await updateCatalog({ load, header, tables: sums.tables }, settings, deps);
  return missing.length === 0 ? { sums: { ...sums, receipt } } : unbalanced(addFaults(receipt, missing));
}

/** With the manifest that they were compared with: both are long, and read once. */
export interface ReadSums extends LoadSums {
  manifest: Manifest;
}

/** The sums of the report; a fault when it cannot be read: a run that succeeded without a whole report has failed. */
export async function readSums(
  load: LoadItem,
  { stagingBucket }: DispatchSettings,
  { s3 }: DispatchDeps,
): Promise<ReadSums | { fault: string }> {
  const manifest = await openManifest(load, { s3, stagingBucket });
  const where = `s3://${stagingBucket}/${load.report_key}`;
  const report = await openReport(load, { s3, stagingBucket });
  if (!report) return { fault: `the run succeeded and left no report at ${where}` };
  try {
    return { ...(await sumReport(manifest, report)), manifest };
  } catch (error) {
    if (error instanceof BrokenNdjsonError) return { fault: `the report at ${where} ${error.message}` };
    throw error;
  }
}

function unbalanced(receipt: Receipt): { fault: Fault } {
  const error = `the receipt does not balance: ${receipt.faults.join('; ')}`;
  return { fault: { error, unbalanced: true, receipt } };
}
