/** What a cycle has made, for people: the tree of partitions, the receipt, the answer of a query. */
import type { Receipt } from '../pipeline/receipt.ts';
import type { ReportFile } from '../pipeline/report.ts';
import { bytes, count } from '../deploy/figures.ts';
import { describeReceipt } from '../deploy/status/describe-receipt.ts';

const mostFiles = 60;

/** Folders once; a partition's files with their rows and what became of them. */
export function partitionTree(bucket: string, files: readonly ReportFile[]): string {
  const lines = [`s3://${bucket}/`];
  let before: string[] = [];
  const hidden = files.length - mostFiles;
  // The newest partitions are the ones that people look at.
  for (const file of files.slice(Math.max(0, hidden))) {
    const parts = file.key.split('/');
    const folders = parts.slice(0, -2);
    const same = folders.findIndex((folder, depth) => folder !== before[depth]);
    const from = same < 0 ? folders.length : same;
    folders.slice(from).forEach((folder, depth) => lines.push(`${'  '.repeat(from + depth + 1)}${folder}/`));
    before = folders;
    const name = `${'  '.repeat(folders.length + 1)}${parts.slice(-2).join('/')}`;
    const figures = `${count(file.rows_after, 'row').padStart(12)} ${bytes(file.bytes).padStart(9)}`;
    lines.push(`${name.padEnd(36)} ${figures}  ${outcome(file)}`);
  }
  if (hidden > 0) lines.splice(1, 0, `  … ${count(hidden, 'file')} before these`);
  return lines.join('\n');
}

function outcome({ written, inserted, updated, removed }: ReportFile): string {
  const parts = Object.entries({ inserted, updated, removed }).filter(([, rows]) => rows > 0);
  if (!written && parts.length === 0) return 'unchanged';
  return parts.map(([name, rows]) => `${rows.toLocaleString('en')} ${name}`).join(', ');
}

/** `480 rows parsed = 480 inserted · 24 of 24 files written · balanced`, or why it is not. */
export function receiptLine(receipt: Receipt): string {
  return [describeReceipt(receipt), ...(receipt.balanced ? ['balanced'] : [])].join(' · ');
}
