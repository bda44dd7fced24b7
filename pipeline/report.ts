/**
 * The report: what a load did (engine → dispatch). Gzipped NDJSON at the manifest's `report_key`: the header, lines in
 * any order, the end line, without which it counts as cut short. Row counts *after* come from the footers of the files
 * as stored, read back after the write.
 */

export interface ReportHeader {
  kind: 'report';
  v: 1;
  load: string;
  engine: {
    name: 'glue' | 'lambda';
    versions: Record<string, string>;
    /** Effective settings and figures: memory limit, threads, task counts, peak RSS in bytes, seconds. */
    figures: Record<string, string | number>;
  };
}

/** Per raw object and table that it feeds. `rows` counts records found and lines that could not be read; it includes the next two. */
export interface ReportObject {
  kind: 'object';
  table: string;
  key: string;
  version_id: string;
  lines: number;
  rows: number;
  quarantined: number;
  filtered: number;
}

/** Per touched file. rows_after = rows_before + inserted + recovered − removed (laws 7 and 8). */
export interface ReportFile {
  kind: 'file';
  table: string;
  /** In the curated bucket: `<folder>/year=2026/month=11/day=21/hour=07/part-0.parquet`. */
  key: string;
  etag_before: string | null;
  etag_after: string;
  /** False when the merge gave the bytes that are there already, under the name of a load that has counted them. */
  written: boolean;
  bytes: number;
  rows_before: number;
  rows_after: number;
  inserted: number;
  updated: number;
  duplicate: number;
  /** What dead loads added, less what they removed. */
  recovered: number;
  /** Rows that are gone. */
  removed: number;
  /** Incoming rows that took a stored one out (`delete_when`): the cause of as many of those removed. */
  deleted?: number;
  /** Stored rows fetched before the table's mark: the complete listing does not have them; part of those removed. */
  vanished?: number;
  /** Stored rows whose key lies in another file from now on; part of those removed. */
  moved?: number;
}

export interface ReportQuarantine {
  kind: 'quarantine';
  table: string;
  /** In the staging bucket. */
  key: string;
  rows: number;
  /** Reason code → rows. */
  reasons: Record<string, number>;
}

/** Schema drift: a field that the contract does not name, seen in `rows` rows. */
export interface ReportDrift {
  kind: 'drift';
  table: string;
  field: string;
  rows: number;
}

/** Rows that break a rule of the source. `warn`: they are stored. `fail`: they are in quarantine, and hold their table. */
export interface ReportViolation {
  kind: 'violation';
  table: string;
  action: 'warn' | 'fail';
  /** As in quarantine; `not_unique`: rows of one file that share their value with another, which stay. */
  reason: string;
  /** Or the name of a field that no column names. */
  column: string;
  rows: number;
}

export interface ReportEnd {
  kind: 'end';
  /** Lines of this report before this one, the header included. */
  lines: number;
}

export type ReportLine =
  ReportHeader | ReportObject | ReportFile | ReportQuarantine | ReportDrift | ReportViolation | ReportEnd;
