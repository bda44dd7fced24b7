/**
 * The manifest: what a load is to do (dispatch → engine). Gzipped NDJSON at `loads/<load>/manifest.ndjson.gz` in the
 * staging bucket: the header, then one line per object, then the end line, without which it counts as cut short.
 */
import { CatchwaterError } from './errors.ts';
import type { TableSpec } from './table/table-spec.ts';

export interface ManifestHeader {
  kind: 'manifest';
  v: 1;
  load: string;
  /** The lease's fencing token: the engine stops when the ledger shows another one. */
  token: number;
  staging_bucket: string;
  curated_bucket: string;
  ledger_table: string;
  /**
   * Dead loads: what they had already written counts as recovered (law 8). Their objects may come in several loads, so
   * they stay on the list; the load that counts a file of theirs puts its own name on it, and it is counted once.
   */
  recovers: string[];
  /** The engine writes its report here, in the staging bucket. */
  report_key: string;
  /** Rows that do not fit go below this prefix, in the staging bucket: `<quarantine_prefix><table>/load=<load>/…`. */
  quarantine_prefix: string;
  tables: TableSpec[];
  /** Of every table that has one. */
  marks?: Record<string, TableMark>;
  /** Table → its folder in the curated bucket, where that is not its name: a later generation (law 11). */
  folders?: Record<string, string>;
  /** Only where several resources feed one table: how the answers of those after the first become its rows. */
  readings?: Reading[];
}

export interface TableMark {
  /** ISO 8601, UTC: rows fetched before do not count. */
  at: string;
  /** Every file of the table is visited, whether or not a row comes for it. */
  sweep?: true;
}

export interface Reading {
  /** The resource. */
  name: string;
  parse_sql: string;
  exact_fields: string[];
}

/** A raw object that feeds several tables has a line for each of them. */
export interface ManifestObject {
  kind: 'object';
  table: string;
  /** One of the header's; absent: as the table's own spec says. */
  reading?: string;
  key: string;
  version_id: string;
  etag: string;
  /** As stored, gzipped. */
  bytes: number;
  /** As the fetch has landed it. */
  lines?: number;
  /** Loaded before, and read once more for this table alone: the load settles nothing of it. */
  again?: true;
}

export interface ManifestEnd {
  kind: 'end';
  /** Lines of kind `object`. */
  objects: number;
  bytes: number;
}

export type ManifestLine = ManifestHeader | ManifestObject | ManifestEnd;

export interface Manifest {
  header: ManifestHeader;
  objects: ManifestObject[];
}

export const manifestKey = (load: string): string => `loads/${load}/manifest.ndjson.gz`;
export const reportKey = (load: string): string => `loads/${load}/report.ndjson.gz`;

export function* manifestLines({ header, objects }: Manifest): Generator<ManifestLine> {
  yield header;
  yield* objects;
  yield { kind: 'end', objects: objects.length, bytes: bytesOf(objects) };
}

export async function readManifest(lines: AsyncIterable<ManifestLine>): Promise<Manifest> {
  let header: ManifestHeader | undefined;
  let end: ManifestEnd | undefined;
  const objects: ManifestObject[] = [];
  for await (const line of lines) {
    if (line.kind === 'manifest') header = line;
    if (line.kind === 'object') objects.push(line);
    if (line.kind === 'end') end = line;
  }
  if (!header || end?.objects !== objects.length) {
    throw new CatchwaterError(
      `the manifest is cut short after ${objects.length} objects; it is written whole before a load exists, so someone has changed it`,
    );
  }
  return { header, objects };
}

/** Of a table of the manifest, in the curated bucket. */
export function folderOf({ folders }: Pick<ManifestHeader, 'folders'>, table: string): string {
  return folders?.[table] ?? table;
}

/** Of the raw objects, each once. */
export function rawKeys(objects: readonly ManifestObject[]): Set<string> {
  return new Set(objects.map(({ key }) => key));
}

export function bytesOf(objects: readonly { bytes: number }[]): number {
  return objects.reduce((sum, object) => sum + object.bytes, 0);
}
