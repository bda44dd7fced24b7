import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { CheckedFiles, LoadItem } from '../../pipeline/ledger/items.ts';
import { noteChecked } from '../../pipeline/ledger/load.ts';
import { readFooter } from '../../pipeline/parquet/read-footer.ts';
import type { LoadSums, TouchedFile } from '../../pipeline/sum-report.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** Footers that are asked for at once (law 24). */
const width = 64;
/** After so many the ledger is told how far it has come: a second or two of work that a killed wake-up loses. */
const batchSize = 1000;
/** Of the five minutes that a wake-up has; then the next one goes on. */
const longestMs = 120_000;

export interface FileCheck {
  checked: number;
  faults: string[];
}

/**
 * Whether the files are stored as the report says, by their own footers: the engine counts what it has written, somebody
 * else counts again. While the lease is held nobody but the load writes there, so a file that is another one by now was
 * replaced behind its back.
 */
export async function checkFiles(
  load: LoadItem,
  { files, receipt }: Pick<LoadSums, 'files' | 'receipt'>,
  settings: DispatchSettings,
  deps: Pick<DispatchDeps, 's3' | 'ledger' | 'now' | 'log'>,
): Promise<FileCheck | 'under way'> {
  const end = deps.now().getTime() + longestMs;
  let done: CheckedFiles = load.checked ?? { files: 0, rows: 0 };
  const { after = '' } = done;
  const left = files.filter(({ key }) => key > after);
  for (let start = 0; start < left.length; start += batchSize) {
    const batch = left.slice(start, start + batchSize);
    const { rows, faults } = await countBatch(batch, settings, deps);
    done = { files: done.files + batch.length, rows: done.rows + rows, after: batch.at(-1)?.key ?? '' };
    // Not noted: a wake-up that is killed before it says so finds them again.
    if (faults.length > 0) return { checked: done.files, faults };
    if (start + batchSize >= left.length) break;
    if (!(await noteChecked(deps.ledger, load.load, done))) return 'under way';
    if (deps.now().getTime() > end) {
      const reason = `${done.files} of ${files.length} files are checked`;
      deps.log('load waiting', { load: load.load, reason });
      return 'under way';
    }
  }
  return { checked: done.files, faults: sumFaults(done, { files, receipt }) };
}

/** Only where the report is not what it was when an earlier wake-up had read it. */
function sumFaults(
  { files: checked, rows }: CheckedFiles,
  { files, receipt }: Pick<LoadSums, 'files' | 'receipt'>,
): string[] {
  return checked === files.length && rows === receipt.rowsAfter
    ? []
    : [
        `${checked} files with ${rows} rows were checked, where the report names ${files.length} with ${receipt.rowsAfter}: it has changed meanwhile`,
      ];
}

async function countBatch(
  batch: readonly TouchedFile[],
  { curatedBucket }: DispatchSettings,
  { s3 }: Pick<DispatchDeps, 's3'>,
): Promise<{ rows: number; faults: string[] }> {
  let rows = 0;
  const faults: string[] = [];
  await inParallel(batch, width, async (file) => {
    const counted = await countRows(file, curatedBucket, s3);
    if ('fault' in counted) faults.push(`${file.table}: ${counted.fault}`);
    else rows += counted.rows;
  });
  // In whatever order the answers came.
  return { rows, faults: faults.toSorted() };
}

async function countRows(
  { key, etag, rows: expected }: TouchedFile,
  bucket: string,
  s3: DispatchDeps['s3'],
): Promise<{ rows: number } | { fault: string }> {
  // Without one any file would do.
  if (typeof etag !== 'string' || etag === '') return { fault: `${key} has no ETag in the report` };
  try {
    const { rows } = await readFooter(s3, { bucket, key, etag });
    if (rows === expected) return { rows };
    return { fault: `${key} holds ${rows} rows, where the report says ${expected}` };
  } catch (error) {
    const fault = faultOf(key, error);
    if (fault === undefined) throw error;
    return { fault };
  }
}

/** Undefined: it says nothing about the file, and the next wake-up asks again. */
function faultOf(key: string, error: unknown): string | undefined {
  if (error instanceof CatchwaterError) return error.message;
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'NoSuchKey') return `${key} is not there`;
  if (error.name === 'PreconditionFailed') return `${key} is not the file that the engine has stored`;
  return undefined;
}
