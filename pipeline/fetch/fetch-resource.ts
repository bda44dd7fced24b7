/**
 * Fetches one resource: its slices side by side, the windows of a slice one after another, and of a window its pages. What
 * has landed may be committed when the outcome says `complete`; nothing here is ever a short success.
 */
import type { Slice } from '../source/source.ts';
import { askParent, shareRecords } from './ask-parent.ts';
import { concludeRun } from './conclude-run.ts';
import { isStop } from './fetch-stop.ts';
import { groupSlices } from './group-slices.ts';
import { InterruptedFetch, isOfTheMoment } from './interrupted-fetch.ts';
import { isListingDue } from './listing-due.ts';
import { openRun } from './open-run.ts';
import type { FetchPorts } from './ports.ts';
import { landedSoFar, positionOf } from './position-of.ts';
import { createProgress, type Progress } from './progress.ts';
import { protectRules } from './protect-rules.ts';
import { refuseAllSkipped, runLanes, type PlannedLane } from './run-lanes.ts';
import type { Run } from './run.ts';
import { shortHash, sliceKey } from './slice-key.ts';
import type { Position, ResourceOutcome, ResourceTask } from './task.ts';

/**
 * Throws what the window failed with, an InterruptedFetch where another attempt may go on; then its landing is to be
 * aborted.
 */
export async function fetchResource(task: ResourceTask, ports: FetchPorts): Promise<ResourceOutcome> {
  const { resource } = task;
  const version = shortHash(JSON.stringify(resource));
  const position = task.resume?.resource === version ? task.resume : undefined;
  const progress = createProgress(position);
  const isListing = position
    ? position.listing === true
    : isListingDue(resource, task.state, task.scheduledAt);
  if (resource.once && task.state.done && !isListing)
    return concludeRun({ task, progress, version, isListing }, ports);
  // Nothing counts that was ever fetched: no cursor, no validator, no digest.
  const state = isListing ? { cursors: {} } : task.state;
  const asked = { ...task, state };
  const startedAt = position ? new Date(position.started_at) : (task.startedAt ?? ports.now());
  const run = openRun({
    resource,
    scheduledAt: task.scheduledAt,
    startedAt,
    ports: { ...ports, send: countSent(ports, progress) },
    state,
    isListing,
    progress,
    protect: await protectRules(resource, ports),
    openUnit: (kept) => ports.landing.openUnit(kept),
  });
  const shared = shareRecords(asked, run);
  let isWhole = false;
  try {
    const parent = await orStop(progress, () => askParent(asked, run));
    const slices = parent ? parent.slices : resource.slices;
    if (progress.stop) progress.open = position?.open ?? [];
    else await runLanes(planLanes(run, slices, position), { ...run, onRecord: shared?.onRecord });
    refuseAllSkipped(run, slices.length);
    isWhole = !progress.stop && progress.behind === 0 && progress.unseen === 0;
    const { stop } = progress;
    // Where the API, or its budget, says when to come again, nothing is wrong. Any other reason for having done nothing
    // must be heard of.
    if (stop && !position && hasNothing(progress) && stop.retryAfterMs === undefined) throw stop;
    return await concludeRun({ task, progress, version, isListing, parent, startedAt, position }, ports);
  } catch (error) {
    if (!isOfTheMoment(error) || hasNothing(progress)) throw error;
    const objects = await landedSoFar(position, ports).catch(() => {
      throw error;
    });
    throw new InterruptedFetch(error, positionOf({ task, progress, version, isListing, startedAt }, objects));
  } finally {
    shared?.settle(isWhole, progress);
  }
}

async function orStop<Value>(progress: Progress, work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isStop(error)) throw error;
    progress.stop = error;
    return undefined;
  }
}

function countSent({ send }: FetchPorts, progress: Progress): FetchPorts['send'] {
  return (request, signal) => {
    progress.requests += 1;
    return send(request, signal);
  };
}

/**
 * After a pause: what was in the middle first; and of windows that move, nothing else, so that they are committed soon. A
 * complete listing is committed as a whole.
 */
function planLanes(
  { resource, progress, state, isListing }: Run,
  slices: Slice[],
  position: Position | undefined,
): PlannedLane[] {
  const cursorOf = (key: string) => progress.cursors.get(key) ?? state.cursors[key];
  if (!position) return groupSlices(resource, slices, cursorOf);
  const byKey = new Map(slices.map((slice): [string, Slice] => [sliceKey(slice), slice]));
  const opened = position.open.flatMap((open): PlannedLane[] => {
    const own = open.slices.map((key) => byKey.get(key)).filter((slice) => slice !== undefined);
    // A slice that is no more has no window either.
    if (own.length < open.slices.length) return [];
    const [first] = open.slices;
    return [{ slices: own, cursor: first === undefined ? undefined : cursorOf(first), open }];
  });
  const inOpen = new Set(opened.flatMap((lane) => lane.slices.map(sliceKey)));
  const left = slices.filter((slice) => !inOpen.has(sliceKey(slice)) && !progress.done.has(sliceKey(slice)));
  if (resource.incremental && !isListing && opened.length > 0) {
    progress.behind += left.length;
    return opened;
  }
  return [...opened, ...groupSlices(resource, left, cursorOf)];
}

function hasNothing({ wholeUnits, open }: Progress): boolean {
  return wholeUnits === 0 && open.length === 0;
}
