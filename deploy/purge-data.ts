import { DeleteTableCommand, type DeleteTableCommandOutput } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, type DeleteBucketCommandOutput } from '@aws-sdk/client-s3';
import { type BucketEmptier, emptyBucket } from './empty-bucket.ts';

export interface PurgeClients {
  s3: BucketEmptier & { send(command: DeleteBucketCommand): Promise<DeleteBucketCommandOutput> };
  dynamodb: { send(command: DeleteTableCommand): Promise<DeleteTableCommandOutput> };
}

/** Deletes what a deleted stack has left: nobody writes there any more, the writers and their roles are gone. */
export async function purgeBucket(
  { s3 }: Pick<PurgeClients, 's3'>,
  bucket: string,
  onProgress: (line: string) => void,
): Promise<boolean> {
  return unlessMissing(async () => {
    const objects = await emptyBucket(s3, bucket);
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
    onProgress(`deleted the bucket ${bucket} with ${objects} object versions`);
  });
}

export async function purgeTable(
  { dynamodb }: Pick<PurgeClients, 'dynamodb'>,
  table: string,
  onProgress: (line: string) => void,
): Promise<boolean> {
  return unlessMissing(async () => {
    await dynamodb.send(new DeleteTableCommand({ TableName: table }));
    onProgress(`deleted the table ${table}`);
  });
}

async function unlessMissing(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    const missing = ['NoSuchBucket', 'ResourceNotFoundException'];
    if (error instanceof Error && missing.includes(error.name)) return false;
    throw error;
  }
}
