import type { LeaseItem, ObjectItem } from '../../pipeline/ledger/items.ts';
import { isPaused, isRetryPaused } from '../../pipeline/ledger/lease.ts';
import { groupObjects, takeOldest, type Group } from './choose-objects.ts';
import type { Sweep } from './find-marks.ts';

/** What there is to do, as the ledger says. */
export interface OpenWork {
  pending: readonly ObjectItem[];
  /** Of those that no load has died over: whether they are old or big enough. */
  isDue: boolean;
  sweeps: readonly Sweep[];
  lease: LeaseItem;
  now: Date;
}

/** What the next load takes. */
export interface Choice {
  objects: ObjectItem[];
  sweeps: Sweep[];
  /** Of suspects: those of which it takes all, or half. */
  suspects?: Group;
  /** It takes what loads have died over: `suspects`, or a sweep. */
  isRetry: boolean;
  /** Others over which loads have died wait meanwhile. */
  passesBy: boolean;
}

/**
 * After a load that went well suspects come first, or they would wait for ever where fresh objects come all the time; after
 * a dead one what is least suspect, so that live data are one load behind at most. A sweep that a load has died over has a
 * load of its own, after all objects.
 */
export function chooseWork({ pending, isDue, sweeps, lease, now }: OpenWork): Choice | undefined {
  const { fresh, suspects } = groupObjects(pending);
  const freshSweeps = sweeps.filter(({ failedIn }) => failedIn === undefined);
  const failedSweeps = sweeps
    .filter(({ failedIn }) => failedIn !== undefined)
    .toSorted((a, b) => ((a.failedIn ?? '') < (b.failedIn ?? '') ? -1 : 1));
  const hasSuspects = suspects.length + failedSweeps.length > 0;
  const mayRetry = hasSuspects && !isRetryPaused(lease, now);
  const mayBegin = (isDue || freshSweeps.length > 0) && !isPaused(lease, now);
  if (mayRetry && (lease.dead_loads.length === 0 || !mayBegin)) {
    const [group] = suspects;
    return group
      ? { objects: group.objects, sweeps: [], suspects: group, isRetry: true, passesBy: false }
      : { objects: [], sweeps: failedSweeps.slice(0, 1), isRetry: true, passesBy: false };
  }
  if (!mayBegin) return undefined;
  const objects = isDue && fresh ? takeOldest(fresh.objects) : [];
  return { objects, sweeps: freshSweeps, isRetry: false, passesBy: hasSuspects };
}
