import type { StoredCursor } from '../incremental/cursor-value.ts';
import type { Validators } from '../http/conditional.ts';
import type { Slice } from '../source/source.ts';
import type { FetchStop } from './fetch-stop.ts';
import type { OpenUnit, Position, SkippedSlice, SliceGap } from './task.ts';

/** What a window has come to so far. */
export interface Progress {
  requests: number;
  responses: number;
  unchanged: number;
  /** Units whose records were not sent again. */
  unseen: number;
  skipped: SkippedSlice[];
  skippedCount: number;
  gaps: SliceGap[];
  cursors: Map<string, StoredCursor>;
  validators: Map<string, Validators>;
  digests: Map<string, string>;
  /** Keys of slices that need no more of this window, from before a pause too. */
  done: Set<string>;
  /** Units made whole by this invocation. */
  wholeUnits: number;
  /** Units to go on with. */
  open: OpenUnit[];
  /** What has been told of. */
  warned: Set<string>;
  /** Slices whose windows have not come up to now. */
  behind: number;
  /** The first reason to go on later. */
  stop?: FetchStop;
}

/** The ledger shows this many skipped slices, and counts the others. */
export const shownSkips = 50;
/** Requests that are asked again with what their responses have said of themselves; the others in full. */
export const mostValidators = 4_000;
/** Request keys whose responses are compared with the next ones. */
export const comparedRequests = 2_000;

export function createProgress(position?: Position): Progress {
  return {
    requests: position?.requests ?? 0,
    responses: position?.responses ?? 0,
    unchanged: position?.unchanged ?? 0,
    unseen: 0,
    skipped: [...(position?.skipped ?? [])],
    skippedCount: position?.skipped_count ?? 0,
    gaps: [...(position?.gaps ?? [])],
    cursors: new Map(Object.entries(position?.moved.cursors ?? {})),
    validators: new Map(Object.entries(position?.moved.validators ?? {})),
    digests: new Map(Object.entries(position?.moved.digests ?? {})),
    done: new Set(position ? unpackKeys(position.done) : []),
    wholeUnits: 0,
    open: [],
    warned: new Set(),
    behind: 0,
  };
}

export function noteSkipped(progress: Progress, slices: Slice[], error: string): void {
  progress.skippedCount += slices.length;
  const room = shownSkips - progress.skipped.length;
  progress.skipped.push(...slices.slice(0, Math.max(0, room)).map((slice) => ({ slice, error })));
}

/** 16 hex digits each; the key of the only slice, which is empty, as zeros. */
export function packKeys(keys: Iterable<string>): string {
  return Buffer.from([...keys].map((key) => key.padEnd(16, '0')).join(''), 'hex').toString('base64');
}

export function unpackKeys(packed: string): string[] {
  const keys = Buffer.from(packed, 'base64').toString('hex').match(/.{16}/g) ?? [];
  return keys.map((key) => (/^0+$/.test(key) ? '' : key));
}
