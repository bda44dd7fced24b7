import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandOutput,
  type DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { deleteObjects } from '../pipeline/delete-objects.ts';

export interface BucketEmptier {
  send(command: ListObjectVersionsCommand): Promise<ListObjectVersionsCommandOutput>;
  send(command: DeleteObjectsCommand): Promise<DeleteObjectsCommandOutput>;
  send(command: ListMultipartUploadsCommand): Promise<ListMultipartUploadsCommandOutput>;
  send(command: AbortMultipartUploadCommand): Promise<AbortMultipartUploadCommandOutput>;
}

/** Deletes every version, delete marker and unfinished upload; answers how many versions there were. */
export async function emptyBucket(s3: BucketEmptier, Bucket: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    // Always the first page: what it lists is gone before the next look.
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }): ObjectIdentifier => ({ Key, VersionId }),
    );
    if (Objects.length === 0) break;
    await deleteObjects(s3, Bucket, Objects);
    deleted += Objects.length;
  }
  await abortUploads(s3, Bucket);
  return deleted;
}

async function abortUploads(s3: BucketEmptier, Bucket: string): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) return;
    for (const { Key, UploadId } of Uploads) {
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    }
  }
}
