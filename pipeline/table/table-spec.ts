/**
 * A table, compiled: columns, key, partitions and the two DuckDB statements that are its semantics.
 * It travels in the compiled source and in every manifest; both engines run exactly these texts.
 */

import type { QuarantineLimit } from './table-definition.ts';

/** The closed list of stored types (law 15); `decimal(p,s)` with p ≤ 38. `timestamp` is UTC, microseconds. */
export type ColumnType =
  'boolean' | 'bigint' | 'double' | 'varchar' | 'date' | 'timestamp' | `decimal(${number},${number})`;

export interface Column {
  name: string;
  type: ColumnType;
}

export type Granularity = 'none' | 'year' | 'month' | 'day' | 'hour';

/** Lineage to the raw response, in every table, after the columns of the contract (law 3). */
export const lineageColumns = [
  { name: '_extra', type: 'varchar' },
  { name: '_scheduled_at', type: 'timestamp' },
  { name: '_fetched_at', type: 'timestamp' },
  { name: '_object', type: 'varchar' },
  { name: '_line', type: 'bigint' },
  { name: '_row', type: 'bigint' },
] as const satisfies readonly Column[];

export interface TableSpec {
  v: 1;
  name: string;
  /** Every column of the file, in order: the contract's, then `lineageColumns`. */
  columns: Column[];
  /** Column names; without a `primary_key` in the source: `_object`, `_line`, `_row`. */
  key: string[];
  partition_by: Granularity;
  /** The column whose value is the row's place in time; absent where `partition_by` is `none`. */
  event_time?: string;
  /** Rows whose event time lies in an earlier year, or later than two years after `_scheduled_at`, go to quarantine. */
  first_year: number;
  /** Files of one partition; fixed for the table's life (law 11). */
  files_per_partition: number;
  /** Fields whose JSON numbers the join step puts in quotes, so that their text stays exact (law 13). */
  exact_fields: string[];
  /**
   * SELECT over the view `lines(object VARCHAR, line BIGINT, text VARCHAR)`, in any order. It should come in chunks of
   * about a megabyte of text (Arrow record batches): the JSON functions take up to 60 times the text of a chunk, up to
   * 2,048 lines, outside of DuckDB's memory limit. One output row per record found, and one per line that cannot be read:
   * `_file` VARCHAR (path below the table's prefix, `year=2026/…/part-0.parquet`; null when rejected),
   * `_reject` VARCHAR (reason code, null when good), `_detail` VARCHAR (column or value at fault),
   * `_record` VARCHAR (the record as JSON text, or the line; only when rejected, and at most 65,536 characters),
   * `_filtered` BOOLEAN (left out by the source's own filter: counted, not stored; `_file` is null), then `columns`. Where
   * the table has `tombstones_sql`, `_deleted` BOOLEAN (removes its key); where rules warn or fail, `_violations` VARCHAR[]
   * (`<warn or fail> <reason> <column>`): `warn` of rows that are stored, `fail` of rejected ones.
   *
   * Reasons, of a line: `not_json`, `bad_envelope`, `selector_missing`, `columns_length`; its `_row` is null. Of a row, the
   * first of: `not_a_list`, `cast` or `contract_type`, `expression`, `key_null`, `event_time_null`, `year_out_of_range`,
   * `contract_column`, `not_null`, `not_in`, `below_min`, `above_max`, `no_match`.
   */
  parse_sql: string;
  /**
   * SELECT over the views `incoming` (with `columns`) and `stored` (the file as it is, which may lack columns that were
   * added later; or empty): `columns`, then `_outcome` VARCHAR: `stored` (an old row stays), `inserted`, `updated`, `same`
   * (the winner is the stored row itself, seen again: what it says now is kept). One row per key, sorted by key. Incoming
   * rows that are neither inserted, updated nor (below) removed are duplicates.
   *
   * Rows of the following outcomes do not go into the file.
   *
   * Where the table has `tombstones_sql`: `incoming` has `_deleted` too, and the view `tombstones(text VARCHAR)` holds what
   * the stored file keeps under `catchwater_tombstones`, if anything. `_deleted` comes last, after `_outcome`: `removed`
   * takes a stored row out, `gone` finds none (a duplicate).
   *
   * With `marks`, over the view `mark(at TIMESTAMP)` too, of one row or none: rows fetched before it do not count. Incoming
   * ones are duplicates, tombstones are dropped, a stored row is `vanished` unless an incoming one takes its place
   * (`updated`).
   *
   * With `moving`, over the view `moved` too, of the key's columns: keys whose row lies in another file from now on. Their
   * stored rows are `moved`, their tombstones dropped.
   */
  merge_sql: string;
  /**
   * Only with `delete_when`: SELECT over the merged rows, as `merged`; its one `text`, if there is one, goes into the
   * Parquet file's metadata as `catchwater_tombstones`.
   */
  tombstones_sql?: string;
  /**
   * A complete listing may make older rows not count (`reconcile`): the table is the winners among the committed rows with
   * `_fetched_at` at the manifest's mark or later.
   */
  marks?: true;
  /**
   * Only with `marks`, where a later row can lose to an earlier one (`order_by`): when the mark takes the earlier one away,
   * the later one must come again, so a sweep's manifest holds the listing's objects once more.
   */
  relists?: true;
  /** The row of a key may lie in another partition than its stored self; it then has the next two. */
  moving?: true;
  /**
   * SELECT over the views of `merge_sql` that say what ONE file holds (`stored`, `tombstones`, `mark`, where the table has
   * them): key columns, rank columns, for each stored row and tombstone that counts.
   */
  places_sql?: string;
  /**
   * SELECT over `candidates` (key columns, rank columns, `_file`, `_incoming` BOOLEAN): key columns, `_file` of the candidate
   * that wins.
   */
  winners_sql?: string;
  /** Only with `unique` columns: SELECT over `merged` → `violation` VARCHAR, `rows` BIGINT. */
  unique_sql?: string;
  /** No affair of the engine: where a load's share of rows in quarantine is above it, its table is held. */
  quarantine?: QuarantineLimit;
  /** What follows `COPY (…) TO '…'`: equal options give equal bytes. */
  copy_options: string;
}
