/**
 * The ledger's items, all in one DynamoDB table (`pk`, `sk`). Open work is found through the sparse index `work`
 * (`work`, `work_at`): an item has these two attributes only while someone still has something to do with it, so
 * finding work costs what is open, not what has ever been.
 *
 * | item   | pk                          | sk                 | work                                        |
 * |--------|-----------------------------|--------------------|---------------------------------------------|
 * | WINDOW | `FETCH#<resource>#<slice>`  | `WINDOW`           | –                                           |
 * | FETCH  | `FETCH#<resource>#<slice>`  | `AT#<scheduledAt>` | `fetch` from commit until registered        |
 * |        |                             |                    | if complete, then `listing` until judged    |
 * | OBJECT | `OBJECT#<raw key>`          | `OBJECT`           | `object#<00-15>` while pending (law 24),    |
 * |        |                             |                    | `quarantine` while it is there              |
 * | LOAD   | `LOAD`                      | `<load id>`        | `load` until closed or failed               |
 * | LEASE  | `LEASE`                     | `LEASE`            | –                                           |
 * | TABLE  | `TABLE#<name>`              | `TABLE`            | `generation` while a generation is building |
 * |        |                             |                    | or a folder retired                         |
 * | STATE  | `STATE#<resource>`          | `STATE`            | –                                           |
 * | GAP    | `GAP#<resource>`            | `<from>#<slice>`   | `gap` until acknowledged                    |
 * | BUDGET | `BUDGET#<name>`             | `BUDGET`           | –                                           |
 * | STOCK  | `STOCK`                     | `STOCK`            | –                                           |
 *
 * Times are ISO 8601 UTC strings. Every transition is one conditional write that can be repeated.
 */
import type { BudgetRecord } from '../budget/budget-record.ts';
import type { Receipt } from '../receipt.ts';
import type { Granularity } from '../table/table-spec.ts';
import type { StockRecord } from './stock-record.ts';

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
  /** Scheduled time that came while a paused window was gone on with: whoever commits that one fetches this one too. */
  followed_by?: string;
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
   * Of a complete listing, set on commit: a time before its very first request. What was fetched earlier and is not in it
   * is no longer there.
   */
  complete_from?: string;
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
  /** The last of them: so that each is counted once, and to know what to halve. */
  failed_in?: string;
  /** Of one in quarantine: what the last of them died of. */
  error?: string;
  registered_at: string;
  /** The load that committed it. */
  load?: string;
  /** What that load found in it: records that no filter leaves out (the most that any of its tables has), and rows it could not read (in all). */
  rows?: number;
  quarantined?: number;
  /** The bucket no longer has its version, as was found then. If it was pending, it is in quarantine because of that. */
  missing_since?: string;
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
  /** Dead loads since the last commit; the manifest names older ones, too. */
  recovers: string[];
  /** Names: whose objects it takes, and what it loads them into. */
  resources?: string[];
  tables?: string[];
  /** It takes what loads have died over: the circuit breaker counts it apart. */
  retry?: true;
  /** Of a retry: the dead load whose objects it takes, all of them or half. */
  after?: string;
  /** Suspects waited while it ran: its commit says nothing about them. */
  passes_by?: true;
  /** Of a failed one: the engine has ended well, what it reports does not add up. */
  unbalanced?: true;
  created_at: string;
  /** While prepared: someone may be calling StartJobRun until then, so that nobody else does (law 20). */
  starting_until?: string;
  started_at?: string;
  ended_at?: string;
  job_run_id?: string;
  /** While started: how far the footers of its files have been read, and the rows that they hold up to there. */
  checked?: CheckedFiles;
  /** Also of a failed load, where its report could be read. */
  receipt?: Receipt;
  error?: string;
}

export interface CheckedFiles {
  files: number;
  rows: number;
  /** The last of them, in the order of their keys. */
  after?: string;
}

/** The one active load, its fencing token, and the run of dead loads behind the circuit breaker. */
export interface LeaseItem extends Keyed {
  /** Rises by one each time the lease is taken. */
  token: number;
  load?: string;
  taken_at?: string;
  /** Loads that died since the last commit, oldest first. */
  dead_loads: string[];
  /**
   * Dead loads whose writes may not be counted yet, oldest first: an object of theirs may wait, or be in quarantine. A
   * committed load puts its own name on what it counts (law 8), so one that stays on the list for longer does no harm.
   */
  recovers?: string[];
  /** The circuit breaker for what no load has died over yet: dead loads in a row, and the time before which none starts. */
  fresh_deaths?: number;
  not_before?: string;
  /** The same for what loads have died over: all dead loads since the search for the culprit has last come further. */
  stalled?: number;
  retry_not_before?: string;
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
  /** Which set of files queries see; absent: the first. Each has a folder of its own (law 11). */
  generation?: number;
  /** Adopted from the spec where it is absent: tables of an older version. */
  key?: string[];
  event_time?: string;
  /** Of a later generation than the first: when queries were switched to it, and what it held then. */
  made?: { at: string; files: number; rows: number };
  /** The generation that is to follow: `catchwater reprocess` has begun it. */
  building?: Building;
  /** Folders that nothing reads any more, and since when: their files are deleted after a while. */
  retired?: { folder: string; since: string }[];
  /** Rows fetched before no longer count: a complete listing that began then has been loaded, and its files swept. */
  mark?: string;
  /** The next mark: the files still hold rows from before it. */
  sweep?: string;
  /** The last load that died over this sweep: from then on it has loads of its own. */
  sweep_failed_in?: string;
}

/** A new generation of a table: every raw object is loaded into it, then queries are switched to it. */
export interface Building {
  generation: number;
  since: string;
  /** The newest load when it began: what that one or an older one has loaded is to be loaded again. */
  after: string;
  partition_by: Granularity;
  files_per_partition: number;
  columns: { name: string; type: string }[];
  key: string[];
  event_time?: string;
  /** As of the table: of the partitions of the new files. */
  years?: { first: number; last: number };
  /** Raw objects of the plan. */
  objects: number;
  /** Inserted + recovered − removed, over the loads up to `counted`: what the files must hold. */
  rows: number;
  counted?: string;
  /** No object waits to be loaded again any more. */
  rebuilt?: true;
  /** How far the footers of its files have been read, while the lease had this token: no load has written since. */
  checked?: { token: number; files: number; rows: number; after?: string; whole?: true };
  /** Why queries were not switched: someone has to look. */
  fault?: string;
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

/** Stocktaking: what the bucket holds below raw/ is compared with what the committed windows name. */
export interface StockItem extends Keyed, StockRecord {
  /** Rises with each change; a change is conditional on the version that was read. */
  version: number;
}
