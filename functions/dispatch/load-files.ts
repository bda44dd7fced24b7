/** The manifest and the report of a load, in the staging bucket. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { readManifest, type Manifest, type ManifestLine } from '../../pipeline/manifest.ts';
import { readNdjson } from '../../pipeline/ndjson.ts';
import type { ReportLine } from '../../pipeline/report.ts';
import type { DispatchDeps } from './deps.ts';

interface Place {
  s3: DispatchDeps['s3'];
  stagingBucket: string;
}

export async function openManifest(load: LoadItem, { s3, stagingBucket }: Place): Promise<Manifest> {
  return readManifest(await open<ManifestLine>(s3, { Bucket: stagingBucket, Key: load.manifest_key }));
}

/** Undefined when there is no report. */
export async function openReport(
  load: LoadItem,
  { s3, stagingBucket }: Place,
): Promise<AsyncIterable<ReportLine> | undefined> {
  try {
    return await open<ReportLine>(s3, { Bucket: stagingBucket, Key: load.report_key });
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function open<Line>(
  s3: DispatchDeps['s3'],
  input: { Bucket: string; Key: string },
): Promise<AsyncIterable<Line>> {
  const answer = await s3.send(new GetObjectCommand(input));
  return readNdjson<Line>(answer.Body as Readable);
}
