/** A fetch of one window in full, and what loads have taken its objects. Only reads. */
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { FetchItem, ObjectItem, SkippedSlice } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { batchesOf, readBatch } from '../../pipeline/ledger/objects.ts';
import { describeFetch, type FetchRun } from './list-runs.ts';

export interface FetchDetails extends FetchRun {
  /** A complete listing: a time before its first request. */
  completeFrom?: string;
  /** Slices that were left out: the first of them. */
  skippedSlices: SkippedSlice[];
  objects: FetchedObject[];
  /** That have taken the objects, the oldest first. */
  loads: string[];
}

export interface FetchedObject {
  key: string;
  bytes: number;
  /** As landed: responses, or parts of long ones. */
  lines: number;
  /** Absent: no dispatcher has seen it yet. */
  state?: ObjectItem['state'];
  load?: string;
  /** Found by that load: records that no filter leaves out, and rows that did not fit. */
  rows?: number;
  quarantined?: number;
}

const width = 8;

export async function readFetchDetails(ledger: Ledger, item: FetchItem): Promise<FetchDetails> {
  const { objects = [], skipped = [], complete_from: completeFrom } = item;
  const registered = new Map<string, ObjectItem>();
  await inParallel(batchesOf(objects), width, async (batch) => {
    for (const object of (await readBatch(ledger, batch)).items) registered.set(object.key, object);
  });
  const found = objects.map(({ key, bytes, lines }): FetchedObject => {
    const { state, load, rows, quarantined } = registered.get(key) ?? {};
    return {
      key,
      bytes,
      lines,
      ...(state && { state }),
      ...(load !== undefined && { load }),
      ...(rows !== undefined && { rows }),
      ...(quarantined !== undefined && { quarantined }),
    };
  });
  return {
    ...describeFetch(item),
    ...(completeFrom !== undefined && { completeFrom }),
    skippedSlices: skipped,
    objects: found,
    loads: [...new Set(found.flatMap(({ load }) => load ?? []))].toSorted(),
  };
}
