import { CatchwaterError } from '../errors.ts';
import { HttpError } from '../http/http-error.ts';
import { inParallel } from '../in-parallel.ts';
import { cursorAfter, planWindows, type Window } from '../incremental/windows.ts';
import type { Slice } from '../source/source.ts';
import { isSliceError, isStop } from './fetch-stop.ts';
import { fetchUnit, type WholeUnit } from './fetch-unit.ts';
import type { Lane } from './group-slices.ts';
import { noteSkipped } from './progress.ts';
import type { Run } from './run.ts';
import { sliceKey } from './slice-key.ts';
import type { OpenUnit } from './task.ts';
import type { Unit } from './unit.ts';

export interface PlannedLane extends Lane {
  open?: OpenUnit | undefined;
}

/**
 * Lanes side by side, the windows of each in the order of time. Ends early, without an error, when the run has to go on
 * later; throws when the window cannot be whole any more.
 */
export async function runLanes(lanes: PlannedLane[], run: Run): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([run.ports.signal, failed.signal]);
  const within: Run = { ...run, ports: { ...run.ports, signal } };
  await inParallel(lanes, run.ports.client.concurrency, async (lane) => {
    try {
      await runLane(lane, within);
    } catch (error) {
      // Nothing else of this window is asked for.
      failed.abort(error);
      throw error;
    }
  });
}

async function runLane(lane: PlannedLane, run: Run): Promise<void> {
  const { incremental } = run.resource;
  const { progress } = run;
  const plan = incremental
    ? planWindows(incremental, lane.cursor, run.startedAt)
    : { windows: [undefined] satisfies (Window | undefined)[] };
  let { slices } = lane;
  let whole = 0;
  for (const window of plan.windows) {
    // What was in the middle of its pages is brought to its end first, and committed: other windows come later.
    const isLater = progress.stop !== undefined || (lane.open !== undefined && whole > 0);
    if (isLater || slices.length === 0) {
      progress.behind += slices.length;
      if (lane.open && whole === 0) progress.open.push(lane.open);
      return;
    }
    try {
      slices = await fetchOrSkip(
        { slices, window, open: whole === 0 ? lane.open : undefined },
        run,
        whole === 0,
      );
    } catch (error) {
      if (!isStop(error)) throw error;
      progress.stop ??= error;
      progress.behind += slices.length;
      return;
    }
    if (whole === 0 && 'gap' in plan && plan.gap) {
      const { gap } = plan;
      progress.gaps.push(...slices.map((slice) => ({ slice, ...gap })));
    }
    whole += 1;
  }
  for (const slice of slices) progress.done.add(sliceKey(slice));
}

/** The slices that went well. A group that is refused is asked for in halves, down to the slice at fault. */
async function fetchOrSkip(unit: Unit, run: Run, keeps: boolean): Promise<Slice[]> {
  try {
    settle(unit, await fetchUnit(unit, run, { keeps }), run);
    return unit.slices;
  } catch (error) {
    if (unit.open && hasExpired(error)) return fetchOrSkip({ ...unit, open: undefined }, run, keeps);
    if (run.resource.on_slice_error === 'fail' || !isSliceError(error)) throw error;
    if (unit.slices.length > 1 && !error.retryable) {
      const middle = Math.ceil(unit.slices.length / 2);
      const halves = [unit.slices.slice(0, middle), unit.slices.slice(middle)];
      const left: Slice[] = [];
      for (const slices of halves) left.push(...(await fetchOrSkip({ ...unit, slices }, run, false)));
      return left;
    }
    skip(unit.slices, error, run);
    return [];
  }
}

/** A page token that the API no longer knows after a pause: the unit begins anew. */
function hasExpired(error: unknown): boolean {
  return error instanceof HttpError && !error.retryable && isSliceError(error);
}

function settle({ slices, window }: Unit, { greatest }: WholeUnit, { resource, state, progress }: Run): void {
  progress.wholeUnits += 1;
  for (const [index, slice] of slices.entries()) {
    const key = sliceKey(slice);
    if (!resource.incremental || !window) {
      progress.done.add(key);
      continue;
    }
    const cursor = progress.cursors.get(key) ?? state.cursors[key];
    const after = cursorAfter(resource.incremental, { cursor, window, greatest: greatest[index] });
    if (after !== undefined) progress.cursors.set(key, after);
  }
}

function skip(slices: Slice[], error: HttpError, { resource, progress, ports, asker }: Run): void {
  noteSkipped(progress, slices, error.message);
  for (const slice of slices) {
    progress.done.add(sliceKey(slice));
    ports.log('slice skipped', { resource: asker ?? resource.name, slice, error: error.message }, 'WARN');
  }
}

/** No slice went well: that is no matter of single slices. */
export function refuseAllSkipped({ resource, progress }: Run, slices: number): void {
  if (slices === 0 || progress.skippedCount < slices) return;
  throw new CatchwaterError(
    `all ${slices} slices of ${resource.name} failed, the first: ${progress.skipped[0]?.error ?? 'unknown'}`,
  );
}
