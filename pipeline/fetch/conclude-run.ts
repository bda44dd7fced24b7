import { greaterCursor } from '../incremental/cursor-value.ts';
import type { ResourceState } from '../ledger/resource-state.ts';
import type { Parent } from './ask-parent.ts';
import type { FetchPorts } from './ports.ts';
import { landedSoFar, positionOf } from './position-of.ts';
import { shownSkips, type Progress } from './progress.ts';
import type { Position, ResourceOutcome, ResourceTask } from './task.ts';

interface Conclusion {
  task: ResourceTask;
  progress: Progress;
  /** Of the compiled resource. */
  version: string;
  isListing: boolean;
  parent?: Parent | undefined;
  startedAt?: Date;
  position?: Position | undefined;
}

/** What the window has come to: whole, whole as far as it goes, or to be gone on with. */
export async function concludeRun(conclusion: Conclusion, ports: FetchPorts): Promise<ResourceOutcome> {
  const { task, progress, position, startedAt = new Date(task.scheduledAt) } = conclusion;
  const objects = await landedSoFar(position, ports);
  const { requests, responses, unchanged, behind, stop } = progress;
  const counts = { requests, responses, unchanged, behind, ...reported(conclusion) };
  const reason = stop && { reason: stop.message };
  if (isComplete(conclusion)) {
    const from = listsAll(conclusion) &&
      task.resource.reconcile?.delete_missing === true && { completeFrom: startedAt.toISOString() };
    return { kind: 'complete', state: nextState(conclusion), objects, ...counts, ...reason, ...from };
  }
  const isEmpty = progress.done.size + progress.open.length + progress.cursors.size + objects.length === 0;
  const until = stop?.retryAfterMs;
  return {
    kind: 'paused',
    state: task.state,
    objects,
    ...counts,
    ...reason,
    ...(until !== undefined && { waitMs: until }),
    ...(!isEmpty && { position: positionOf({ ...conclusion, startedAt }, objects) }),
  };
}

/** Of the parent's slices too. */
function reported({
  parent,
  progress,
}: Conclusion): Pick<ResourceOutcome, 'skipped' | 'skippedCount' | 'gaps'> {
  return {
    skipped: [...(parent?.skipped ?? []), ...progress.skipped].slice(0, shownSkips),
    skippedCount: (parent?.skippedCount ?? 0) + progress.skippedCount,
    gaps: [...(parent?.gaps ?? []), ...progress.gaps],
  };
}

/** Windows that move are committed as far as they are whole; a complete listing is whole, or goes on. */
function isComplete({ task, progress, isListing }: Conclusion): boolean {
  if (!progress.stop) return true;
  if (isListing) return false;
  const hasMoved = progress.wholeUnits > 0 || progress.cursors.size > 0;
  return task.resource.incremental !== undefined && progress.open.length === 0 && hasMoved;
}

function isWhole({ progress }: Conclusion): boolean {
  return !progress.stop && progress.behind === 0 && progress.skippedCount === 0;
}

/** A slice that was left out may have had what now seems to be gone. */
function listsAll(conclusion: Conclusion): boolean {
  return conclusion.isListing && isWhole(conclusion) && (conclusion.parent?.skippedCount ?? 0) === 0;
}

function nextState(conclusion: Conclusion): ResourceState {
  const { task, progress, parent, isListing } = conclusion;
  const { resource, state, scheduledAt } = task;
  // A parent's cursors say that all of its children's slices have been fetched.
  const parents = isWhole(conclusion) && parent?.skippedCount === 0 ? parent.cursors : [];
  const moved = [...progress.cursors, ...parents].map(([key, cursor]) => {
    // The newest record of all may be one of those that are gone.
    const after = isListing ? greaterCursor(state.cursors[key], cursor) : cursor;
    return [key, after ?? cursor] as const;
  });
  const isReconciled = listsAll(conclusion);
  const reconciled = isReconciled ? scheduledAt : state.reconciled_at;
  const tried = isReconciled ? undefined : isListing ? scheduledAt : state.listing_tried_at;
  return {
    cursors: { ...state.cursors, ...Object.fromEntries(moved) },
    ...((state.done || (resource.once && isWhole(conclusion))) && { done: true }),
    ...(reconciled !== undefined && { reconciled_at: reconciled }),
    ...(tried !== undefined && { listing_tried_at: tried }),
    ...(progress.validators.size > 0 && { validators: Object.fromEntries(progress.validators) }),
    ...(progress.digests.size > 0 && { digests: Object.fromEntries(progress.digests) }),
  };
}
