import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { deleteObjects } from '../../pipeline/delete-objects.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import { forgetFolder } from '../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** Queries that began before the switch read on in the old files. */
const keptMs = 3_600_000;
/** What one wake-up deletes at most: pages of 1,000 files. */
const mostPages = 20;

/** Deletes the files of retired folders, a while after. The bucket keeps their versions for as long as any other's. */
export async function deleteRetired(
  item: TableItem,
  { curatedBucket }: DispatchSettings,
  { ledger, s3, now, log }: DispatchDeps,
): Promise<void> {
  const { name, generation, building } = item;
  const inUse = [generationFolder(name, generation), building && generationFolder(name, building.generation)];
  const dueSince = new Date(now().getTime() - keptMs).toISOString();
  for (const { folder, since } of item.retired ?? []) {
    if (since > dueSince || inUse.includes(folder)) continue;
    const deleted = await deleteFiles(folder, curatedBucket, s3);
    if (deleted.files > 0) log('retired files deleted', { table: name, folder, files: deleted.files });
    if (deleted.whole) await forgetFolder(ledger, item, folder);
  }
}

async function deleteFiles(
  folder: string,
  Bucket: string,
  s3: DispatchDeps['s3'],
): Promise<{ files: number; whole: boolean }> {
  let files = 0;
  for (let pages = 0; pages < mostPages; pages += 1) {
    // Always the first page: what it lists is gone before the next look.
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/` }));
    if (Contents.length === 0) return { files, whole: true };
    await deleteObjects(
      s3,
      Bucket,
      Contents.map(({ Key }) => ({ Key })),
    );
    files += Contents.length;
  }
  return { files, whole: false };
}
