import type { CadenceSuggestion } from '../../pipeline/incremental/suggest-cadence.ts';
import type { LoadedWindow } from './find-loaded.ts';

export interface ResourceStatus {
  resource: string;
  tables: string[];
  /** Of its own, if it has any. */
  everyMs?: number;
  /** It is fetched once, and that has been done. */
  isDone: boolean;
  committed?: CommittedWindow;
  failed?: FailedWindow;
  paused?: PausedWindow;
  fetching?: { scheduledAt: string; until: string };
  /** Nothing is asked before. */
  waitsUntil?: string;
  recent: RecentFigures;
  loaded?: LoadedWindow;
  cursors?: CursorFigures;
  listing?: { lastAt?: string; nextAt?: string };
  suggestion?: CadenceSuggestion;
}

/** The newest of its kind. */
export interface CommittedWindow {
  scheduledAt: string;
  at: string;
  attempt: number;
  requests: number;
  responses: number;
  unchanged: number;
  bytes: number;
  skipped?: { slices: number; first?: { slice: string; error: string } };
  behind?: { slices: number; reason?: string };
}

export interface FailedWindow {
  scheduledAt: string;
  at: string;
  error: string;
  /** Nothing was committed since. */
  isLast: boolean;
}

/** It comes before any other. */
export interface PausedWindow {
  scheduledAt: string;
  since: string;
  reason: string;
}

/** Sums over the committed windows looked at, the newest ones. */
export interface RecentFigures {
  windows: number;
  failed: number;
  from?: string;
  requests: number;
  responses: number;
  unchanged: number;
}

export interface CursorFigures {
  slices: number;
  least: string | number;
  greatest: string | number;
}
