import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import { CatchwaterError } from '../../pipeline/errors.ts';
import type { LandedObject } from '../../pipeline/ledger/items.ts';
import type { ObjectStore } from './deps.ts';
import { PartBuffer } from './part-buffer.ts';

/** One raw object on its way into the staging bucket. Calls follow one another; after `abort` there are none. */
export interface ObjectWriter {
  /** Bytes of text so far. */
  textBytes: () => number;
  write(line: Buffer): Promise<void>;
  /** The object as S3 has stored it. */
  close(): Promise<LandedObject>;
  /** Leaves nothing behind but, at worst, parts that the bucket's lifecycle removes. */
  abort(): Promise<void>;
}

interface ObjectPlace {
  bucket: string;
  key: string;
  /** The execution that writes it, kept in the object's metadata. */
  holder: string;
  /** Compressed bytes from which on it goes by multipart upload, in parts of this size; S3 wants 5 MB at least. */
  partBytes?: number;
}

/** Small lines go to gzip together: it works in another thread, and being handed over costs more than being packed. */
const mostPackedAtOnce = 64 * 1024;

/**
 * Lines → gzip → S3. A small object is one PutObject; a bigger one streams in parts, so that memory stays flat. Either is
 * written once: an object that is there already stays (law 1).
 */
export function writeObject(
  s3: ObjectStore,
  { bucket, key, holder, partBytes = 8 * 2 ** 20 }: ObjectPlace,
): ObjectWriter {
  const place = { Bucket: bucket, Key: key };
  const attributes = { ContentType: 'application/gzip', Metadata: { holder } };
  // Its default level: a quarter smaller than the fastest, at a rate that no API comes near (68 MB/s and more, measured).
  const gzip = createGzip({ chunkSize: 64 * 1024 });
  const parts: CompletedPart[] = [];
  const waiting = new PartBuffer();
  const packedAtOnce = Math.min(mostPackedAtOnce, partBytes);
  let held: Buffer[] = [];
  let heldBytes = 0;
  let upload: string | undefined;
  let lines = 0;
  let text = 0;
  let bytes = 0;
  gzip.on('data', (chunk: Buffer) => {
    waiting.append(chunk);
    bytes += chunk.length;
  });
  // Whoever writes or closes is told of it; without a listener it would end the process.
  gzip.on('error', () => undefined);

  const pack = async (): Promise<void> => {
    if (heldBytes === 0) return;
    const [only, ...more] = held;
    const packed = only && more.length === 0 ? only : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    await new Promise<void>((resolve, reject) => {
      gzip.write(packed, (error) => (error ? reject(error) : resolve()));
    });
  };

  const sendPart = async (): Promise<void> => {
    upload ??= (await s3.send(new CreateMultipartUploadCommand({ ...place, ...attributes }))).UploadId;
    const PartNumber = parts.length + 1;
    const part = { ...place, UploadId: upload, PartNumber };
    const { ETag, ChecksumCRC32 } = await waiting.take((Body) =>
      s3.send(new UploadPartCommand({ ...part, Body })),
    );
    parts.push({ PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) });
  };

  const store = async (): Promise<{ VersionId?: string | undefined; ETag?: string | undefined }> => {
    try {
      if (upload === undefined) {
        const whole = { ...place, ...attributes, IfNoneMatch: '*' };
        return await waiting.take((Body) => s3.send(new PutObjectCommand({ ...whole, Body })));
      }
      if (waiting.length > 0) await sendPart();
      const whole = { ...place, UploadId: upload, MultipartUpload: { Parts: parts }, IfNoneMatch: '*' };
      return await s3.send(new CompleteMultipartUploadCommand(whole));
    } catch (error) {
      return ownObject(s3, { place, holder, bytes, error });
    }
  };

  return {
    textBytes: () => text,
    write: async (line) => {
      if (heldBytes + line.length > packedAtOnce) await pack();
      held.push(line);
      heldBytes += line.length;
      lines += 1;
      text += line.length;
      if (heldBytes >= packedAtOnce) await pack();
      if (waiting.length >= partBytes) await sendPart();
    },
    close: async () => {
      await pack();
      const ended = once(gzip, 'end');
      gzip.end();
      await ended;
      const { VersionId, ETag } = await store();
      if (VersionId === undefined || ETag === undefined) {
        throw new CatchwaterError(
          `${key} was stored without a version: the bucket ${bucket} must have versioning enabled, as the template sets it`,
        );
      }
      upload = undefined;
      return { key, version_id: VersionId, etag: ETag, bytes, lines };
    },
    abort: async () => {
      gzip.destroy();
      if (upload === undefined) return;
      // The failure that led here is the one to be told; the bucket's lifecycle removes what stays.
      await s3.send(new AbortMultipartUploadCommand({ ...place, UploadId: upload })).catch(() => undefined);
    },
  };
}

interface Contested {
  place: { Bucket: string; Key: string };
  holder: string;
  bytes: number;
  error: unknown;
}

/**
 * "It is there already" may mean that our own write went well, its answer was lost and the client repeated it. Then the
 * object names this execution, which writes each key once; any other failure stands.
 */
async function ownObject(s3: ObjectStore, { place, holder, bytes, error }: Contested) {
  const isThere =
    error instanceof Error &&
    ['PreconditionFailed', 'NoSuchUpload', 'ConditionalRequestConflict'].includes(error.name);
  if (!isThere) throw error;
  const head = await s3.send(new HeadObjectCommand(place)).catch(() => {
    throw error;
  });
  if (head.Metadata?.['holder'] === holder && head.ContentLength === bytes) return head;
  throw new CatchwaterError(
    `${place.Key} exists already and is not ours; raw objects are never overwritten`,
    {
      cause: error,
    },
  );
}
