import {
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { CatchwaterError } from '../pipeline/errors.ts';

export interface ArtifactStore {
  send(command: HeadObjectCommand): Promise<HeadObjectCommandOutput>;
  send(command: PutObjectCommand): Promise<PutObjectCommandOutput>;
}

/** `functions/fetch.zip` → `functions/fetch-<hash>.zip`: the same content has the same key, a new one a new key. */
export function hashedKey(path: string, body: Uint8Array): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 20);
  const [, stem = '', ending = ''] = /^([^.]*)(\..*)$/.exec(path) ?? [];
  return `${stem}-${hash}${ending}`;
}

/** Uploads what is not there yet; answers whether it was sent. */
export async function uploadOnce(
  s3: ArtifactStore,
  bucket: string,
  { key, body }: { key: string; body: Uint8Array },
): Promise<boolean> {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return false;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotFound') {
      throw new CatchwaterError(`cannot look for s3://${bucket}/${key}`, { cause: error });
    }
  }
  const checksum = createHash('sha256').update(body).digest('base64');
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ChecksumSHA256: checksum }));
  return true;
}
