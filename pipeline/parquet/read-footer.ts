import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { CatchwaterError } from '../errors.ts';
import { footerRows } from './footer-rows.ts';

export interface FileStore {
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
}

export interface StoredFile {
  bucket: string;
  key: string;
  /** As the reader has seen it: another one is refused by S3, with 412. */
  etag?: string | undefined;
}

export interface Footer {
  rows: number;
  etag: string;
  /** Of the whole file. */
  bytes: number;
  /** The object's own, as S3 keeps it. */
  metadata: Record<string, string>;
}

/** The footer of a table with some dozen columns and one row group is a few kilobytes. */
const firstGuess = 16 * 1024;
/** After the footer: its length, and the word PAR1. */
const trailer = 8;

/** What a Parquet file says of itself, as it is stored: its end is asked for, a second time where that was not enough. */
export async function readFooter(s3: FileStore, file: StoredFile): Promise<Footer> {
  try {
    const tail = await readRange(s3, file, `bytes=-${firstGuess}`);
    const { etag, size, metadata } = tail;
    const mark = tail.bytes.toString('latin1', Math.max(0, tail.bytes.length - 4));
    if (tail.bytes.length < trailer || mark !== 'PAR1') throw new CatchwaterError('it is no Parquet file');
    const end = tail.bytes.length - trailer;
    const length = tail.bytes.readUInt32LE(end);
    if (length > size - trailer) throw new CatchwaterError('its footer is longer than the file');
    const footer =
      length <= end
        ? tail.bytes.subarray(end - length, end)
        : (await readRange(s3, { ...file, etag }, `bytes=${size - trailer - length}-`)).bytes;
    return { rows: footerRows(footer), etag, bytes: size, metadata };
  } catch (cause) {
    if (!(cause instanceof CatchwaterError)) throw cause;
    throw new CatchwaterError(`s3://${file.bucket}/${file.key} cannot be counted: ${cause.message}`, {
      cause,
    });
  }
}

async function readRange(
  s3: FileStore,
  { bucket, key, etag }: StoredFile,
  Range: string,
): Promise<{ bytes: Buffer; etag: string; size: number; metadata: Record<string, string> }> {
  const answer = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, Range, ...(etag !== undefined && { IfMatch: etag }) }),
  );
  const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
  // Without a range the answer is the whole file.
  const size = Number(answer.ContentRange?.split('/')[1] ?? bytes.length);
  return { bytes, etag: answer.ETag ?? '', size, metadata: answer.Metadata ?? {} };
}
