import { isStop } from '../../pipeline/fetch/fetch-stop.ts';
import { InterruptedFetch, isOfTheMoment } from '../../pipeline/fetch/interrupted-fetch.ts';
import { isListingDue } from '../../pipeline/fetch/listing-due.ts';
import { CatchwaterError } from '../../pipeline/errors.ts';
import {
  commitWindow,
  failWindow,
  pauseWindow,
  readFollower,
  takeWindow,
  type HoldDeps,
} from '../../pipeline/ledger/hold-window.ts';
import { readState } from '../../pipeline/ledger/resource-state.ts';
import type { Position } from '../../pipeline/fetch/task.ts';
import type { TakenWindow } from '../../pipeline/ledger/window.ts';
import type { CompiledResource } from '../../pipeline/source/source.ts';
import type { FetchDeps } from './deps.ts';
import { fetchWindow, type FetchedWindow } from './fetch-window.ts';
import type { Invocation } from './open-invocation.ts';

export interface WindowTask {
  resource: CompiledResource;
  resources: CompiledResource[];
  scheduledAt: string;
}

/** `scheduledAt`: of a window that an earlier invocation has begun. */
export type WindowOutcome = { resource: string; scheduledAt?: string } & (
  | {
      outcome: 'committed';
      attempt: number;
      objects: number;
      requests: number;
      responses: number;
      bytes: number;
      unchanged?: number;
      skipped?: number;
      behind?: number;
      /** Scheduled time of a window that another invocation has left to this one. */
      followedBy?: string;
    }
  /** A later invocation goes on with it. `progress`: this one has come further than the one before. */
  | { outcome: 'paused'; attempt: number; reason: string; progress: boolean; notBefore?: string }
  /** Nothing to do, and nothing wrong. */
  | { outcome: 'skipped'; reason: string }
  | { outcome: 'failed'; attempt?: number; error: string; cause: Error }
);

/** One window for all slices: small objects are what an engine pays for. */
const slice = 'all';
/** The lease outlives the invocation by this much: clocks differ. */
const leaseMarginMs = 10_000;
const longestError = 1_000;

/**
 * Takes the window of one resource, fetches and lands all of its slices, and commits it; before it, one that an earlier
 * invocation has left in the middle. Never throws.
 */
export async function fetchWindows(
  task: WindowTask,
  invocation: Invocation,
  deps: FetchDeps,
): Promise<WindowOutcome[]> {
  const first = await takeAndFetch(task, invocation, deps);
  const isEarlier = first.outcome === 'committed' && first.scheduledAt !== undefined;
  return isEarlier ? [first, await takeAndFetch(task, invocation, deps)] : [first];
}

async function takeAndFetch(
  task: WindowTask,
  invocation: Invocation,
  deps: FetchDeps,
): Promise<WindowOutcome> {
  const { resource } = task;
  const id = { resource: resource.name, slice, scheduledAt: task.scheduledAt };
  const hold: HoldDeps = { ...deps, pause: () => deps.sleep(20 + deps.random() * 180) };
  let taken: TakenWindow | undefined;
  try {
    if (resource.once && (await isDone(task, deps)))
      return skip(id, 'fetched once, as it is meant to be', deps);
    const leaseMs = deps.remainingMs() + leaseMarginMs;
    const answer = await takeWindow(id, { everyMs: resource.every_ms, holder: deps.holder, leaseMs }, hold);
    if ('reason' in answer) {
      if (answer.retry) throw new CatchwaterError(answer.reason);
      return skip(id, answer.reason, deps);
    }
    taken = answer;
    const fetched = await fetchWindow(task, taken, { invocation, deps });
    return await end({ task, taken, fetched, hold }, deps);
  } catch (cause) {
    return await fail({ id, taken, cause, hold }, deps);
  }
}

/** Nothing is to be fetched any more, or not until everything is listed anew. */
async function isDone({ resource, scheduledAt }: WindowTask, { ledger }: FetchDeps): Promise<boolean> {
  const { state } = await readState(ledger, resource.name);
  return state.done === true && !isListingDue(resource, state, scheduledAt);
}

interface Ending {
  task: WindowTask;
  taken: TakenWindow;
  fetched: FetchedWindow;
  hold: HoldDeps;
}

async function end({ task, taken, fetched, hold }: Ending, deps: FetchDeps): Promise<WindowOutcome> {
  const { kind, reason = 'its time is over', waitMs, position, requests, responses } = fetched.outcome;
  const notBefore = waitMs === undefined ? undefined : new Date(deps.now().getTime() + waitMs);
  const isOurs =
    kind === 'complete'
      ? await commitWindow(taken, fetched.result, hold)
      : await pauseWindow(taken, { position, reason, notBefore, requests, responses }, hold);
  if (!isOurs) return skip(taken, 'another invocation has taken it over', deps);
  const earlier = taken.scheduledAt !== task.scheduledAt && { scheduledAt: taken.scheduledAt };
  if (kind === 'paused') return { ...earlier, ...paused(taken, { reason, notBefore, fetched }, deps) };
  const followedBy = await followerOf(taken, task, deps);
  return { ...earlier, ...committed(taken, fetched, deps), ...(followedBy !== undefined && { followedBy }) };
}

/** Only a window that was gone on with has one. */
async function followerOf(
  taken: TakenWindow,
  { scheduledAt }: WindowTask,
  deps: FetchDeps,
): Promise<string | undefined> {
  if (!taken.resume) return undefined;
  try {
    const next = await readFollower(deps.ledger, taken);
    return next !== undefined && next > scheduledAt ? next : undefined;
  } catch (error) {
    // This one is committed, come what may; the next scheduled fetch is the next one then.
    deps.log('window not followed', { resource: taken.resource, error: describe(error, deps) }, 'WARN');
    return undefined;
  }
}

function committed(
  taken: TakenWindow,
  { result, outcome }: FetchedWindow,
  { log }: FetchDeps,
): WindowOutcome {
  const { resource, scheduledAt, attempt } = taken;
  const { requests, responses, unchanged, skippedCount, behind, reason, completeFrom } = outcome;
  const counts = {
    attempt,
    objects: result.objects.length,
    requests,
    responses,
    bytes: result.objects.reduce((sum, object) => sum + object.bytes, 0),
    ...(unchanged > 0 && { unchanged }),
    ...(skippedCount > 0 && { skipped: skippedCount }),
    ...(behind > 0 && { behind }),
  };
  log('window committed', {
    resource,
    slice,
    scheduledAt,
    ...counts,
    ...(reason !== undefined && { reason }),
    ...(completeFrom !== undefined && { completeFrom }),
  });
  return { resource, outcome: 'committed', ...counts };
}

interface Paused {
  reason: string;
  notBefore: Date | undefined;
  fetched: FetchedWindow;
}

function paused(
  taken: TakenWindow,
  { reason, notBefore, fetched }: Paused,
  { log }: FetchDeps,
): WindowOutcome {
  const { resource, scheduledAt, attempt } = taken;
  const { requests, responses } = fetched.outcome;
  const until = notBefore && { notBefore: notBefore.toISOString() };
  log(
    'window paused',
    { resource, slice, scheduledAt, attempt, requests, responses, reason, ...until },
    'WARN',
  );
  const before = (taken.resume?.position as Position | undefined)?.responses ?? 0;
  return { resource, outcome: 'paused', attempt, reason, progress: responses > before, ...until };
}

interface WindowName {
  resource: string;
  slice: string;
  scheduledAt: string;
}

function skip({ resource, scheduledAt }: WindowName, reason: string, { log }: FetchDeps): WindowOutcome {
  log('window skipped', { resource, slice, scheduledAt, reason });
  return { resource, outcome: 'skipped', reason };
}

interface Failure {
  id: WindowName;
  taken: TakenWindow | undefined;
  cause: unknown;
  hold: HoldDeps;
}

async function fail({ id, taken, cause, hold }: Failure, deps: FetchDeps): Promise<WindowOutcome> {
  const attempt = taken && { attempt: taken.attempt };
  const position = cause instanceof InterruptedFetch ? cause.position : undefined;
  const transient = position !== undefined || isOfTheMoment(cause) || isStop(cause);
  let error = describe(cause, deps);
  try {
    if (taken) await failWindow(taken, { error, transient, position }, hold);
  } catch (second) {
    // The lease ends by itself; the first error is the one that matters.
    error = `${error}; and the window could not be given back: ${describe(second, deps)}`;
  }
  deps.log('window failed', { ...id, ...attempt, error }, 'ERROR');
  return { resource: id.resource, outcome: 'failed', ...attempt, error, cause: deps.mask.maskError(cause) };
}

function describe(error: unknown, { mask }: FetchDeps): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return mask.mask(text).slice(0, longestError);
}
