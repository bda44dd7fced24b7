import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { LoadItem } from '../pipeline/ledger/items.ts';
import { readNdjson } from '../pipeline/ndjson.ts';
import type { ReportFile, ReportHeader, ReportLine } from '../pipeline/report.ts';

export interface ReadDeps {
  s3: { send(command: GetObjectCommand): Promise<GetObjectCommandOutput> };
  stagingBucket: string;
}

export interface ReportedFiles {
  engine: ReportHeader['engine']['name'];
  /** By key; of a file that several loads touched, what the last one says. */
  files: ReportFile[];
}

/** What the loads' reports say of the files. */
export async function readReports(
  loads: readonly LoadItem[],
  { s3, stagingBucket }: ReadDeps,
): Promise<ReportedFiles> {
  const files = new Map<string, ReportFile>();
  let engine: ReportedFiles['engine'] = 'glue';
  for (const { report_key } of loads) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: stagingBucket, Key: report_key }));
    for await (const line of readNdjson<ReportLine>(Body as Readable)) {
      if (line.kind === 'report') engine = line.engine.name;
      if (line.kind === 'file') files.set(line.key, line);
    }
  }
  return { engine, files: [...files.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1)) };
}
