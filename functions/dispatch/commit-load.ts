import { CatchwaterError } from '../../pipeline/errors.ts';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { closeLoad, markCommitted } from '../../pipeline/ledger/load.ts';
import { commitMark } from '../../pipeline/ledger/marks.ts';
import { markDone } from '../../pipeline/ledger/objects.ts';
import { rawKeys } from '../../pipeline/manifest.ts';
import type { LoadSums } from '../../pipeline/sum-report.ts';
import { announceTables } from './announce-tables.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readSums, type ReadSums } from './judge-load.ts';
import { writeReceipt } from './write-receipt.ts';

/** Whether the load is over, its lease free, or someone still has to go on with it. */
export type Settled = 'over' | 'under way';

/** The one write that commits a load; what follows from it is done by this wake-up or the next. */
export async function commitLoad(
  load: LoadItem,
  sums: ReadSums,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  const { receipt } = sums;
  await writeReceipt(load, sums, { s3: deps.s3, stagingBucket: settings.stagingBucket });
  if (!(await markCommitted(deps.ledger, load.load, receipt, deps.now()))) return 'under way';
  deps.log('load committed', { load: load.load, receipt, files: receipt.files });
  logFindings(load, sums, deps);
  return finish(load, sums, settings, deps);
}

/** Goes on where a wake-up was interrupted after the commit. */
export async function finishCommit(
  load: LoadItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  const sums = await readSums(load, settings, deps);
  if ('fault' in sums) {
    throw new CatchwaterError(`load ${load.load} is committed, but ${sums.fault}; put the object back`);
  }
  return finish(load, sums, settings, deps);
}

async function finish(
  load: LoadItem,
  sums: ReadSums,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  const { manifest } = sums;
  const { header } = manifest;
  // What was read for one of its tables alone may have been put back on the list for another.
  const settled = rawKeys(manifest.objects.filter(({ again }) => again !== true));
  // The report is balanced, so its objects are those of the manifest.
  const objects = new Map([...sums.objects].filter(([key]) => settled.has(key)));
  await markDone(deps.ledger, { objects, load: load.load });
  for (const spec of header.tables) {
    const mark = header.marks?.[spec.name];
    if (mark?.sweep) await commitMark(deps.ledger, spec, mark.at);
  }
  await announceTables({ load, header }, sums.tables, settings, deps);
  return (await closeLoad(deps.ledger, load)) ? 'over' : 'under way';
}

function logFindings({ load }: LoadItem, { tables }: LoadSums, { log }: DispatchDeps): void {
  for (const { spec, receipt, quarantined, drift, warned, held } of tables) {
    const table = spec.name;
    if (receipt.quarantined > 0) {
      log('rows quarantined', { load, table, rows: receipt.quarantined, reasons: quarantined }, 'WARN');
    }
    if (Object.keys(warned).length > 0) log('rules broken', { load, table, rules: warned }, 'WARN');
    if (Object.keys(held).length > 0) log('table held', { load, table, rules: held }, 'ERROR');
    if (Object.keys(drift).length > 0) log('schema drift', { load, table, fields: drift }, 'WARN');
  }
}
