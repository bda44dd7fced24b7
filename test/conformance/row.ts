/** One row of the conformance table: given this source and these answers, this is what must be seen. */
import type { Answer, Handler } from './api-server.ts';

/** Answers in order; or by path, each in order (the last one again and again); or a function over the question. */
export type Script = readonly Answer[] | Record<string, Answer | readonly Answer[]> | (() => Handler);

export interface Row extends Seen {
  name: string;
  /**
   * YAML, merged into the least source there is: one resource `items` of `{ id: bigint }` at `/items`. `client` and
   * `resources` (further ones) as in a source; any other key belongs to `items`.
   */
  source?: string;
  /** Files beside the source. */
  files?: Record<string, string>;
  /** Name → value; `name then`: what lies there from the second reading on. */
  secrets?: Record<string, string>;
  api: Script;
  /** Fetches in a row, each with what is seen of it; else there is one, and the row says what. */
  fetches?: Fetch[];
  /** Of the budget; `live` unless said otherwise. */
  kind?: 'live' | 'backfill';
  /** A deadline of requests that is shorter than a source may say. */
  timeoutMs?: number;
  /** The source is refused by `check`, with a reason like this. */
  refused?: RegExp;
}

export interface Fetch extends Seen {
  /** The clock when it begins, and its scheduled time; default: 2026-11-21T10:05:00Z, an hour later for each next. */
  at?: string;
  /** The resource that is fetched; default: `items`. */
  resource?: string;
  /** Milliseconds that the function has; default: five minutes. */
  timeLeftMs?: number;
}

export interface Seen {
  /** `complete` unless said otherwise; a pattern: it failed with such a reason. */
  outcome?: 'complete' | 'paused' | RegExp;
  /** Of a failure: whether another try could go well. */
  retryable?: boolean;
  /** All requests in order: `/items?page=2`, with `POST ` before it; parameters in any order, decoded. */
  requests?: (string | RegExp | RequestSeen)[];
  /** How many, where naming each would be long. */
  asked?: number;
  /**
   * The rows that landed, in order: values of `id`, or of these columns. A number stands for its text as DuckDB prints it.
   */
  rows?: RowSeen[];
  /** How many, where naming each would be long. */
  rowCount?: number;
  /** True of each row. */
  everyRow?: Record<string, unknown>;
  /** What the table holds afterwards, every fetch of the row loaded; in the order of its key. */
  table?: RowSeen[];
  /** Rows of the child tables, by table. */
  children?: Record<string, RowSeen[]>;
  /** Reasons of quarantine, in order. */
  rejects?: string[];
  /** Rows left out by the source's own filters. */
  filtered?: number;
  /** Of rules that warn or fail: `warn above_max v`. */
  violations?: string[];
  /** Bodies as they lie in the raw objects. */
  bodies?: unknown[];
  /** Patterns that the text of the raw objects has, or has not. */
  raw?: { has?: (string | RegExp)[]; lacks?: (string | RegExp)[] };
  /** The committed cursors, in the order of their slices' keys. */
  cursors?: (string | number)[];
  /** Of a complete listing that rows may be missing from: when it began; null: it is none. */
  completeFrom?: string | null;
  /** Slices left out, and why. */
  skipped?: { slice: Record<string, unknown>; error: RegExp }[];
  /** Responses that said nothing new. */
  unchanged?: number;
  /** Gaps that nobody can fill. */
  gaps?: { from: string; to: string }[];
  /** Milliseconds of all waits together. */
  waited?: { atLeast?: number; atMost?: number };
  /** Secrets as they are stored afterwards. */
  seenSecrets?: Record<string, string>;
  /** The patterns that the log has. */
  logs?: RegExp[];
}

export interface RequestSeen {
  line: string;
  headers?: Record<string, string | RegExp | null>;
  /** JSON, or a text that is none. */
  body?: unknown;
}

export type RowSeen = number | string | Record<string, unknown>;
