/** What the source file says about a table, defaults filled in: the input of `compileTable`. */
import type { Shape } from '../source/source.ts';
import type { ColumnType, Granularity } from './table-spec.ts';

/** Where a column's value comes from. */
export type ColumnOrigin =
  /** A path in the record. */
  | { record: string }
  /** A path in the whole response body. */
  | { response: string }
  /** A template over the slice. */
  | { template: string }
  /** With the shape `map`: the record's key. */
  | { key: true }
  /** In a child table: a path in the record that holds the list. */
  | { parent: string }
  /** SQL over the other columns (computed ones: those before it) and `record`, the record as JSON. */
  | { expression: string };

/** As YAML gives it: a number as number, a time as text. */
export type Scalar = string | number | boolean;

export interface ColumnDefinition {
  name: string;
  type: ColumnType;
  from: ColumnOrigin;
  /** Of an epoch number, for `timestamp`. */
  unit?: 's' | 'ms' | 'us';
  /** strptime format of a text, for `timestamp` and `date`. */
  format?: string;
  /** What a time text without an offset means; without this such a text goes to quarantine. */
  timezone?: 'UTC';
  /** The number's text is kept exactly (law 13). */
  exact?: boolean;

  /** Before the cast, in this order; of no column with an `expression`, which can say it itself. */
  trim?: boolean;
  null_if?: Scalar[];
  default?: Scalar;

  /** What must be true of a value that is there (`not_null`: that it is). Rows that `delete_when` takes are not asked. */
  not_null?: boolean;
  in?: Scalar[];
  min?: string | number;
  max?: string | number;
  /** RE2; it must match the whole text. */
  matches?: string;
  /** No two rows of one file have the same value; `warn` (also where nothing is said) or `fail`, never `quarantine`. */
  unique?: boolean;
  /** What a row that breaks one of these rules meets; `quarantine` unless said otherwise. */
  on_fail?: OnFail;
}

/** `fail`: the row goes to quarantine and its table is held (decisions.md); `warn`: it is stored and counted. */
export type OnFail = 'quarantine' | 'warn' | 'fail';

/** dlt's values. */
export type ContractAction = 'evolve' | 'freeze' | 'discard_row' | 'discard_value';

export interface SchemaContract {
  /** A field that no column names: `evolve` keeps it in `_extra`. */
  columns: ContractAction;
  /** A value that cannot be cast: `evolve` sends its row to quarantine. */
  data_type: ContractAction;
}

export interface QuarantineLimit {
  /** Of a load's rows that no filter leaves out, from 20 rows up: where more than this go to quarantine, the table is held. */
  max_share: number;
}

export interface TableDefinition {
  name: string;
  data_selector: string;
  /** Of a child table, the parent's; not `columns`. */
  shape: Shape;
  /** Of a child table: path of the list in the parent's record; each element is a record of this table. */
  records?: string;
  /** `records` of the child tables: what they take is no part of this table's `_extra`. */
  child_records?: string[];
  columns: ColumnDefinition[];
  /** Empty: each row of each raw object is its own key. */
  primary_key: string[];
  /** A `timestamp` or `date` column, or `_scheduled_at`; absent only where `partition_by` is `none`. */
  event_time?: string;
  partition_by: Granularity;
  first_year: number;
  files_per_partition: number;
  /** Ascending, nulls first: the last row of a key wins; ties go to `_fetched_at`, `_object`, `_line`, `_row` (law 4). */
  order_by: string[];
  /** SQL over the columns and `record`: rows for which it is not true are left out, and counted as filtered. */
  include_when?: string;
  /** SQL of the same kind: a row for which it is true removes its key, unless a later row brings it back. */
  delete_when?: string;
  /** Another resource that feeds this table has `delete_when`: rows of this one meet what it has removed. */
  removable?: boolean;
  /** A resource that feeds this table has `reconcile` with `delete_missing`: rows below the table's mark are gone. */
  marked?: boolean;
  /** The event time of a key may change: its row may lie in another partition than its stored self. */
  moving_keys?: boolean;
  schema_contract?: SchemaContract;
  quarantine?: QuarantineLimit;
}
