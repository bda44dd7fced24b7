/** What a change of a source means for the data that are stored. */
import { describeDifferences, type Difference } from './compare-values.ts';
import type { TableDefinition } from './table-definition.ts';
import type { Granularity, TableSpec } from './table-spec.ts';

/**
 * `needs reprocess`: it works, and what is stored keeps its old meaning until it is fetched again, or until
 * `catchwater reprocess` reads the raw responses again.
 * `refused`: the stored files cannot follow (laws 11 and 15); deploy lets it through only with `--reprocess`, which makes
 * the table anew.
 */
export type Verdict = 'safe' | 'needs reprocess' | 'refused';

export type ChangeKind =
  | 'column added'
  | 'column dropped'
  | 'column renamed'
  | 'column retyped'
  | 'column widened'
  | 'columns moved'
  | 'column read otherwise'
  | 'column rules changed'
  | 'column protection changed'
  | 'key changed'
  | 'event time changed'
  | 'partitioning changed'
  | 'files per partition changed'
  | 'first year changed'
  | 'order changed'
  | 'row filter changed'
  | 'contract changed'
  | 'table added'
  | 'table removed'
  | 'table renamed'
  | 'shape changed'
  | 'selector changed'
  | 'request changed'
  | 'slices changed'
  | 'incremental changed'
  | 'schedule changed'
  | 'client changed'
  | 'statements changed'
  | 'other';

export interface Change {
  /** Absent: the whole source. */
  resource?: string;
  /** Where it is not called like the resource: its own table, or a child table. */
  table?: string;
  what: ChangeKind;
  /** What was, and what is. */
  change: string;
  /** What that does to the data. */
  means: string;
  /** What to do instead, of a refused one. */
  remedy?: string;
  verdict: Verdict;
  /** Where the source file says so, from the resource or child table (else from the root) on. */
  path: string[];
}

/** A table as a compiled source has it. A source compiled before version 0.2 has no definitions. */
export interface ComparedTable {
  spec: TableSpec;
  definition?: TableDefinition;
}

/** A table as the ledger knows it: the layout of its files. */
export interface StoredTable {
  columns: readonly { name: string; type: string }[];
  partition_by: Granularity;
  files_per_partition: number;
  /** Unknown of tables that an older version has made. */
  key?: readonly string[];
  event_time?: string;
}

export function isSame<Value>(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** One safe change of all differences, at the place of the first; none where there are none. */
export function changesOf(what: ChangeKind, differences: readonly Difference[], means: string): Change[] {
  const [first] = differences;
  if (!first) return [];
  return [{ what, change: describeDifferences(differences), means, verdict: 'safe', path: first.path }];
}
