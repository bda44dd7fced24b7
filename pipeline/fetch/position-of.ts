import type { LandedObject } from '../ledger/items.ts';
import type { FetchPorts } from './ports.ts';
import { packKeys, type Progress } from './progress.ts';
import type { Position, ResourceTask } from './task.ts';

interface Stopped {
  task: ResourceTask;
  progress: Progress;
  /** Of the compiled resource. */
  version: string;
  isListing: boolean;
  startedAt: Date;
}

/** Where another invocation goes on. */
export function positionOf(
  { progress, version, isListing, startedAt }: Stopped,
  objects: LandedObject[],
): Position {
  const { requests, responses, unchanged, skipped, skippedCount, gaps, cursors, validators, digests } =
    progress;
  return {
    v: 1,
    resource: version,
    started_at: startedAt.toISOString(),
    ...(isListing && { listing: true as const }),
    done: packKeys(progress.done),
    open: progress.open,
    moved: {
      cursors: Object.fromEntries(cursors),
      validators: Object.fromEntries(validators),
      digests: Object.fromEntries(digests),
    },
    objects,
    requests,
    responses,
    unchanged,
    skipped,
    skipped_count: skippedCount,
    gaps,
  };
}

/** Stored by this invocation, and by those before it. */
export async function landedSoFar(
  position: Position | undefined,
  { landing }: FetchPorts,
): Promise<LandedObject[]> {
  return [...(position?.objects ?? []), ...(await landing.finish())];
}
