import type { LandedObject } from '../ledger/items.ts';
import type { ResourceState } from '../ledger/resource-state.ts';
import type { PagerState } from '../paging/pager.ts';
import type { StoredCursor } from '../incremental/cursor-value.ts';
import type { Gap } from '../incremental/windows.ts';
import type { CompiledResource, Slice } from '../source/source.ts';

/** One resource at one scheduled time. */
export interface ResourceTask {
  resource: CompiledResource;
  /** All of the source: a parent is one of them. */
  resources: CompiledResource[];
  /** ISO 8601, UTC, seconds. */
  scheduledAt: string;
  /** As it was committed last. */
  state: ResourceState;
  /** Where an earlier invocation has stopped within this window. */
  resume?: Position | undefined;
  /** The end of windows up to now; default: the clock at the start. One for all resources of an invocation. */
  startedAt?: Date | undefined;
}

export interface ResourceOutcome {
  /**
   * `complete`: what has landed may be committed with `state`. `paused`: not yet; `position` says where to go on. Without
   * a position nothing was fetched: the window is given back.
   */
  kind: 'complete' | 'paused';
  /** As it is to be committed; of a paused window as it was. */
  state: ResourceState;
  /** What has landed; of a paused window they are in its position. */
  objects: LandedObject[];
  /** Requests sent, responses that landed or said that there is nothing, and those of them that are as they were. */
  requests: number;
  responses: number;
  unchanged: number;
  /** Slices that failed on their own, the first 50 of them; their cursors stay. */
  skipped: SkippedSlice[];
  skippedCount: number;
  /** Slices whose windows have not come up to now. */
  behind: number;
  /** What the API no longer knows. */
  gaps: SliceGap[];
  position?: Position;
  /** Why it has paused, or is behind. */
  reason?: string;
  /** Of a complete listing that rows are missing from: a time before its very first request. */
  completeFrom?: string;
  /** How long nothing would come of going on: the API, or its budget, wants it. */
  waitMs?: number;
}

export interface SkippedSlice {
  slice: Slice;
  error: string;
}

export type SliceGap = Gap & { slice: Slice };

/** Where a paused window goes on; JSON. */
export interface Position {
  v: 1;
  /** Of the compiled resource: another one starts anew. */
  resource: string;
  /** The end of the windows, as the first invocation saw it. */
  started_at: string;
  /** It is a complete listing, and goes on as one. */
  listing?: true;
  /** Slices that are whole; base64 of 8 bytes for each. */
  done: string;
  /** Units in the middle of their pages. */
  open: OpenUnit[];
  /** What the whole units have moved so far. */
  moved: Pick<ResourceState, 'cursors' | 'validators' | 'digests'>;
  objects: LandedObject[];
  requests: number;
  responses: number;
  unchanged: number;
  skipped: SkippedSlice[];
  skipped_count: number;
  gaps: SliceGap[];
}

/** A unit in the middle of its pages. */
export interface OpenUnit {
  /** Keys of its slices. */
  slices: string[];
  pager: PagerState;
  /** Pages that have landed. */
  pages: number;
  objects: LandedObject[];
  /** Greatest cursor value so far, of each slice. */
  greatest: (StoredCursor | null)[];
}
