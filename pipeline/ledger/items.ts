/**
 * The ledger's items, all in one DynamoDB table (`pk`, `sk`). Open work is found through the sparse index `work`
 * (`work`, `work_at`): an item has these two attributes only while someone still has something to do with it, so
 * finding work costs what is open, not what has ever been.
 *
 * | item   | pk                          | sk                 | work                                        |
 * |--------|-----------------------------|--------------------|---------------------------------------------|
 * | WINDOW | `FETCH#<resource>#<slice>`  | `WINDOW`           | –                                           |
 * | FETCH  | `FETCH#<resource>#<slice>`  | `AT#<scheduledAt>` | `fetch` from commit until registered        |
 * | OBJECT | `OBJECT#<raw key>`          | `OBJECT`           | `object#<00-15>` while pending (law 24)     |
 * | LOAD   | `LOAD`                      | `<load id>`        | `load` until closed or failed               |
 * | LEASE  | `LEASE`                     | `LEASE`            | –                                           |
 * | TABLE  | `TABLE#<name>`              | `TABLE`            | –                                           |
 * | STATE  | `STATE#<resource>`          | `STATE`            | –                                           |
 * | GAP    | `GAP#<resource>`            | `<from>#<slice>`   | `gap` until acknowledged                    |
 * | BUDGET | `BUDGET#<name>`             | `BUDGET`           | –                                           |
 *
 * Times are ISO 8601 UTC strings. Every transition is one conditional write that can be repeated.
 */
import type { BudgetRecord } from '../budget/budget-record.ts';
import type { Receipt } from '../receipt.ts';
import type { Granularity } from '../table/table-spec.ts';

export const workIndex = 'work';
/** Writes to one index partition are limited to 1,000 a second; pending objects are spread over this many. */
export const objectShards = 16;

interface Keyed {
  pk: string;
  sk: string;
  work?: string;
  work_at?: string;
}

/** Who may fetch (resource, slice) now, and what was committed last: two ticks never fetch the same one at once (law 2). */
export interface WindowItem extends Keyed {
  resource: string;
  slice: string;
  attempt: number;
  /** Identifies the invocation that holds the window; absent when nobody does. */
  holder?: string;
  held_until?: string;
  scheduled_at?: string;
  last_committed_at?: string;
  /** Scheduled time of a window that has a position to go on from: it comes before any other. */
  paused?: string;
  /** Nothing is fetched before: the API, or its budget, wants a wait. */
  paused_until?: string;
}

export interface FetchItem extends Keyed {
  resource: string;
  slice: string;
  scheduled_at: string;
  state: 'fetching' | 'paused' | 'committed' | 'failed';
  attempt: number;
  started_at: string;
  ended_at?: string;
  /**
   * On commit, the objects of the window: the only ones of this window that ever become rows. Many are stored gzipped;
   * `unpackFetch` gives the list.
   */
  objects?: LandedObject[];
  /** Until the commit: where another attempt goes on; gzipped JSON. */
  position?: Uint8Array;
  /** Attempts since then that have not come further. */
  resumes?: number;
  requests?: number;
  responses?: number;
  /** Responses that say what the ones before them have said. */
  unchanged?: number;
  bytes?: number;
  /** Slices that have failed on their own: the first of them, and how many. */
  skipped?: SkippedSlice[];
  skipped_count?: number;
  /** Slices whose windows have not come up to now. */
  behind?: number;
  /** Why it has paused, or is behind. */
  reason?: string;
  error?: string;
}

/** Both in the words that people read, cut to what they can. */
export interface SkippedSlice {
  slice: string;
  error: string;
}

/** One raw object as S3 has stored it. */
export interface LandedObject {
  key: string;
  version_id: string;
  etag: string;
  /** As stored, gzipped. */
  bytes: number;
  lines: number;
}

export interface ObjectItem extends Keyed, LandedObject {
  resource: string;
  scheduled_at: string;
  state: 'pending' | 'done' | 'quarantined';
  /** Loads that died over it. */
  attempts: number;
  /** The last of them: so that each is counted once. */
  failed_in?: string;
  registered_at: string;
  /** The load that committed it. */
  load?: string;
}

export type LoadState = 'prepared' | 'started' | 'committed' | 'closed' | 'failed';

/**
 * prepared (manifest written, lease held) → started (the engine has a run id) → committed (receipt balanced, catalog
 * updated) → closed (objects marked, event sent, lease released); or failed from prepared and started.
 */
export interface LoadItem extends Keyed {
  load: string;
  engine: 'glue';
  state: LoadState;
  token: number;
  manifest_key: string;
  report_key: string;
  objects: number;
  bytes: number;
  recovers: string[];
  created_at: string;
  /** While prepared: someone may be calling StartJobRun until then, so that nobody else does (law 20). */
  starting_until?: string;
  started_at?: string;
  ended_at?: string;
  job_run_id?: string;
  receipt?: Receipt;
  error?: string;
}

/** The one active load, its fencing token, and the run of dead loads behind the circuit breaker. */
export interface LeaseItem extends Keyed {
  /** Rises by one each time the lease is taken. */
  token: number;
  load?: string;
  taken_at?: string;
  /** Loads that died since the last commit, oldest first. */
  dead_loads: string[];
  /** The circuit breaker: no load starts before this time. */
  not_before?: string;
}

/** What the catalog must cover, and what may not change in place (laws 11 and 16). */
export interface TableItem extends Keyed {
  /** Rises with each change; a change is conditional on the version that was read. */
  version: number;
  name: string;
  partition_by: Granularity;
  files_per_partition: number;
  /** Years of partitions ever touched, from the first to the last; absent for `partition_by: none`. */
  years?: { first: number; last: number };
  columns: { name: string; type: string }[];
}

/** What a resource remembers; `resource-state.ts`. */
export interface StateItem extends Keyed {
  resource: string;
  /** Rises with each commit that changes it. */
  version: number;
  changed_at: string;
  /** Gzipped JSON. */
  state: Uint8Array;
}

/** What the API no longer knows, and nobody has fetched. */
export interface GapItem extends Keyed {
  resource: string;
  /** Empty for a resource of one slice. */
  slice: string;
  /** Half-open, in the cursor's own terms. */
  from: string | number;
  to: string | number;
  found_at: string;
  /** Somebody has seen that it is so. */
  acknowledged_at?: string;
}

/** What has been spent of an `api_budget`. */
export interface BudgetItem extends Keyed, BudgetRecord {
  /** Rises with each change; a change is conditional on the version that was read. */
  version: number;
}
