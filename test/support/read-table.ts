import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface StoredFile {
  key: string;
  etag: string;
  bytes: number;
  modified: Date;
}

export async function listFiles(s3: S3Client, bucket: string, prefix = ''): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const entry of page.Contents ?? []) {
      const { Key: key = '', ETag: etag = '', Size: bytes = 0, LastModified: modified = new Date(0) } = entry;
      files.push({ key, etag, bytes, modified });
    }
    token = page.NextContinuationToken;
  } while (token);
  return files;
}

/**
 * Rows of a query over the files below `prefix`, read as any Parquet reader would: with the partition columns from the
 * paths and `filename`. `{files}` in the query stands for the table.
 */
export async function queryFiles(
  s3: S3Client,
  bucket: string,
  options: { prefix: string; sql: string },
): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'catchwater-read-'));
  try {
    for (const { key } of await listFiles(s3, bucket, options.prefix)) {
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), (await answer.Body?.transformToByteArray()) ?? new Uint8Array());
    }
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const table = `read_parquet('${folder}/${options.prefix}**/*.parquet', hive_partitioning = true, filename = true)`;
    const result = await connection.runAndReadAll(options.sql.replaceAll('{files}', table));
    const rows = result.getRowObjectsJson() as Record<string, unknown>[];
    connection.closeSync();
    instance.closeSync();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
