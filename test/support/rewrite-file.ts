import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuck } from './duck.ts';

/** Puts a file of the same rows in a Parquet file's place, which is none that an engine has written. */
export async function rewriteFile(s3: S3Client, Bucket: string, Key: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'catchwater-rewrite-'));
  const [found, written] = [join(folder, 'found.parquet'), join(folder, 'written.parquet')];
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    writeFileSync(found, (await Body?.transformToByteArray()) ?? new Uint8Array());
    const duck = await openDuck();
    const rows = `SELECT * FROM read_parquet('${found}', hive_partitioning = false)`;
    await duck.run(`COPY (${rows}) TO '${written}' (FORMAT parquet, COMPRESSION snappy)`);
    duck.closeSync();
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: readFileSync(written) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
