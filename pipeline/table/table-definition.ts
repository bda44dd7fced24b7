/** What the source file says about a table, defaults filled in: the input of `compileTable`. */
import type { Shape } from '../source/source.ts';
import type { ColumnType, Granularity } from './table-spec.ts';

export interface ColumnDefinition {
  name: string;
  type: ColumnType;
  /** Where the value comes from: a path in the record, a path in the whole response body, or a template over the slice. */
  from: { record: string } | { response: string } | { template: string };
  /** Of an epoch number, for `timestamp`. */
  unit?: 's' | 'ms' | 'us';
  /** strptime format of a text, for `timestamp` and `date`. */
  format?: string;
  /** What a time text without an offset means; without this such a text goes to quarantine. */
  timezone?: 'UTC';
  /** The number's text is kept exactly (law 13). */
  exact?: boolean;
}

export interface TableDefinition {
  name: string;
  data_selector: string;
  shape: Shape;
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
}
