import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { Receipt } from '../../pipeline/receipt.ts';
import { receiptDocument, receiptKey } from '../../pipeline/receipt-document.ts';
import type { TableSums } from '../../pipeline/sum-report.ts';
import type { DispatchDeps } from './deps.ts';

interface Found {
  receipt: Receipt;
  tables: readonly TableSums[];
}

interface Place {
  s3: DispatchDeps['s3'];
  stagingBucket: string;
}

/**
 * Of a load that is about to be committed. What is there already stays: another wake-up's, who found the same; or that of a
 * failure, which stands in the ledger by then and lets no commit follow.
 */
export async function writeReceipt(load: LoadItem, found: Found, place: Place): Promise<void> {
  try {
    await put(load, found, place, { IfNoneMatch: '*' });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'PreconditionFailed')) throw error;
  }
}

/** Of a load that has failed, in place of what a slower wake-up may have found better. */
export async function writeFailedReceipt(load: LoadItem, found: Found, place: Place): Promise<void> {
  await put(load, found, place);
}

async function put(
  load: LoadItem,
  { receipt, tables }: Found,
  { s3, stagingBucket }: Place,
  condition: { IfNoneMatch?: '*' } = {},
): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: stagingBucket,
      Key: receiptKey(load.load),
      Body: `${JSON.stringify(receiptDocument(load, receipt, tables), undefined, 2)}\n`,
      ContentType: 'application/json',
      ...condition,
    }),
  );
}
