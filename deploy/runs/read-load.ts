/** A load in full: what the ledger has of it, and what its receipt, its report and its manifest say. Only reads. */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { ManifestLine } from '../../pipeline/manifest.ts';
import { readNdjson } from '../../pipeline/ndjson.ts';
import { parseRawObjectKey } from '../../pipeline/raw-object.ts';
import { receiptKey, type ReceiptDocument, type TableReceipt } from '../../pipeline/receipt-document.ts';
import type { ReportFile, ReportHeader, ReportLine } from '../../pipeline/report.ts';
import { describeLoadRun, type LoadRun } from './list-runs.ts';
import { fetchId } from './run-id.ts';

export interface LoadDetails extends LoadRun {
  startedAt?: string;
  /** Of Glue. */
  jobRun?: string;
  recovers: string[];
  sums: TableReceipt[];
  files: LoadedFile[];
  /** Whose objects it has taken, by resource and time. */
  windows: LoadedWindow[];
  objectList: LoadedObject[];
  engine?: ReportHeader['engine'];
  /** Documents of it that cannot be read, and why. */
  missing: string[];
}

export type LoadedFile = Omit<ReportFile, 'kind'>;

export interface LoadedWindow {
  /** Empty: objects that no fetch has landed. */
  fetch: string;
  objects: number;
  bytes: number;
  lines: number;
}

export interface LoadedObject {
  key: string;
  fetch: string;
  bytes: number;
  /** Read, by the report; as landed, where there is none. */
  lines: number;
}

export interface ReadDeps {
  s3: { send(command: GetObjectCommand): Promise<GetObjectCommandOutput> };
  stagingBucket: string;
}

export async function readLoadDetails(item: LoadItem, deps: ReadDeps): Promise<LoadDetails> {
  const missing: string[] = [];
  const attempt = async <Value>(what: string, read: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read;
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      missing.push(`the ${what} cannot be read: ${why}`);
      return undefined;
    }
  };
  // Before that there is none, nor is any due; a dead run need not have left a report.
  const receipt = item.receipt && (await attempt('receipt', readReceipt(item, deps)));
  const report = item.receipt && (await attempt('report', readReport(item, deps)));
  const objects = (await attempt('manifest', readObjects(item, deps))) ?? new Map<string, LoadedObject>();
  for (const [key, lines] of report?.lines ?? []) {
    const object = objects.get(key);
    if (object) object.lines = lines;
  }
  const { started_at: startedAt, job_run_id: jobRun, recovers } = item;
  return {
    ...describeLoadRun(item),
    ...(startedAt !== undefined && { startedAt }),
    ...(jobRun !== undefined && { jobRun }),
    recovers,
    sums: receipt?.tables ?? [],
    files: report?.files ?? [],
    windows: windowsOf([...objects.values()]),
    objectList: [...objects.values()],
    ...(report?.engine && { engine: report.engine }),
    missing,
  };
}

async function readReceipt({ load }: LoadItem, deps: ReadDeps): Promise<ReceiptDocument> {
  const { Body } = await get(receiptKey(load), deps);
  return JSON.parse((await Body?.transformToString()) ?? '') as ReceiptDocument;
}

interface Report {
  engine?: ReportHeader['engine'];
  files: LoadedFile[];
  /** By raw key. */
  lines: Map<string, number>;
}

async function readReport({ report_key: key }: LoadItem, deps: ReadDeps): Promise<Report> {
  const report: Report = { files: [], lines: new Map() };
  const { Body } = await get(key, deps);
  for await (const line of readNdjson<ReportLine>(Body as Readable)) {
    if (line.kind === 'report') report.engine = line.engine;
    if (line.kind === 'object') report.lines.set(line.key, line.lines);
    if (line.kind !== 'file') continue;
    const { kind: _kind, ...file } = line;
    report.files.push(file);
  }
  report.files.sort((one, other) => (one.key < other.key ? -1 : 1));
  return report;
}

/** By raw key: one that feeds several tables has a line for each of them. */
async function readObjects(
  { manifest_key: key }: LoadItem,
  deps: ReadDeps,
): Promise<Map<string, LoadedObject>> {
  const objects = new Map<string, LoadedObject>();
  const { Body } = await get(key, deps);
  for await (const line of readNdjson<ManifestLine>(Body as Readable)) {
    if (line.kind !== 'object') continue;
    const { key: raw, bytes, lines = 0 } = line;
    objects.set(raw, { key: raw, fetch: fetchOf(raw), bytes, lines });
  }
  return objects;
}

function fetchOf(key: string): string {
  const name = parseRawObjectKey(key);
  if (!name) return '';
  return fetchId({
    resource: name.resource,
    scheduledAt: `${name.scheduledAt.toISOString().slice(0, 19)}Z`,
  });
}

function windowsOf(objects: readonly LoadedObject[]): LoadedWindow[] {
  const sum = (list: readonly LoadedObject[], name: 'bytes' | 'lines'): number =>
    list.reduce((total, object) => total + object[name], 0);
  return [...Map.groupBy(objects, ({ fetch }) => fetch)]
    .map(([fetch, list]) => ({
      fetch,
      objects: list.length,
      bytes: sum(list, 'bytes'),
      lines: sum(list, 'lines'),
    }))
    .toSorted((one, other) => (one.fetch < other.fetch ? -1 : 1));
}

function get(Key: string, { s3, stagingBucket }: ReadDeps): Promise<GetObjectCommandOutput> {
  return s3.send(new GetObjectCommand({ Bucket: stagingBucket, Key }));
}
