/**
 * The manifest: what a load is to do (dispatch → engine). Gzipped NDJSON at `loads/<load>/manifest.ndjson.gz` in the
 * staging bucket: the header, then one line per object, then the end line, without which it counts as cut short.
 */
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
  /** Dead loads since the last commit: what they had already written counts as recovered (law 8). */
  recovers: string[];
  /** The engine writes its report here, in the staging bucket. */
  report_key: string;
  /** Rows that do not fit go below this prefix, in the staging bucket: `<quarantine_prefix><table>/load=<load>/…`. */
  quarantine_prefix: string;
  tables: TableSpec[];
}

export interface ManifestObject {
  kind: 'object';
  table: string;
  key: string;
  version_id: string;
  etag: string;
  /** As stored, gzipped. */
  bytes: number;
}

export interface ManifestEnd {
  kind: 'end';
  objects: number;
  bytes: number;
}

export type ManifestLine = ManifestHeader | ManifestObject | ManifestEnd;
