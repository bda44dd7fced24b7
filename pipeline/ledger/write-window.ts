/**
 * A window is taken, then committed, paused or failed: each is one transaction over WINDOW (the lease), FETCH (what became
 * of this scheduled time) and, for a commit that moves cursors, STATE.
 */
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LandedObject, SkippedSlice } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { pack } from './pack.ts';
import { putState } from './resource-state.ts';
import {
  fetchKey,
  windowKey,
  type Failure,
  type Pause,
  type TakenWindow,
  type WindowId,
  type WindowResult,
} from './window.ts';

/** A FETCH item has the objects and the skipped slices, or the position; with either it stays below 400 KB. */
const objectsLimit = 300 * 1024;
const positionLimit = 380 * 1024;
/** As many are readable in the console; more are stored gzipped. */
const readableObjects = 100;
const keptSkips = 50;
const longestSlice = 100;
const longestWords = 300;

interface Taking {
  now: Date;
  heldUntil: Date;
  /** The holder that is gone; absent when nobody held the window. */
  from: string | undefined;
}

/** Takes the lease as the given attempt; false when it is no longer as it was seen. */
export function writeTaken(
  ledger: Ledger,
  taken: TakenWindow,
  { now, heldUntil, from }: Taking,
): Promise<boolean> {
  const { resource, slice, attempt, holder, resume } = taken;
  const shared = { resource, slice, scheduled_at: taken.scheduledAt, attempt };
  return transact(ledger, taken, {
    window: {
      update:
        'SET #resource = :resource, #slice = :slice, #scheduled_at = :scheduled_at, #attempt = :attempt, ' +
        `#holder = :holder, #held_until = :held_until REMOVE #paused_until${resume ? '' : ', #paused'}`,
      condition:
        `${from === undefined ? 'attribute_not_exists(#holder)' : '#holder = :from'} ` +
        'AND (attribute_not_exists(#last_committed_at) OR #last_committed_at < :scheduled_at) ' +
        // Nothing may overtake a paused window: its cursors have not moved.
        `AND (${resume ? '' : 'attribute_not_exists(#paused) OR '}#paused = :scheduled_at)`,
      values: {
        ...shared,
        holder,
        held_until: heldUntil.toISOString(),
        ...(from !== undefined && { from }),
      },
    },
    fetch: {
      update:
        'SET #resource = :resource, #slice = :slice, #scheduled_at = :scheduled_at, #attempt = :attempt, ' +
        `#state = :fetching, #started_at = :now${resume ? ', #resumes = :resumes' : ''} ` +
        `REMOVE #ended_at, #error, #reason${resume ? '' : ', #position, #resumes, #requests, #responses'}`,
      // No two attempts of a scheduled time ever have one number: raw objects are named by it.
      condition: attempt === 1 ? 'attribute_not_exists(#pk)' : '#attempt = :previous',
      values: {
        ...shared,
        fetching: 'fetching',
        now: now.toISOString(),
        ...(attempt > 1 && { previous: attempt - 1 }),
        ...(resume && { resumes: resume.number }),
      },
    },
  });
}

/** Has the holder fetch this scheduled time as well, when it has committed its own; false when it holds no longer. */
export function writeFollower(ledger: Ledger, id: WindowId, holder: string): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: windowKey(id),
        ...expressions({
          update: 'SET #followed_by = :followed_by',
          condition: '#holder = :holder',
          values: { followed_by: id.scheduledAt, holder },
        }),
      }),
    ),
  );
}

/**
 * The commit: from now on, these objects and no others are the window's, and the cursors stand where its state says. False
 * when the lease is no longer ours, or the state no longer the one that was read.
 */
export function writeCommitted(
  ledger: Ledger,
  taken: TakenWindow,
  { result, now }: { result: WindowResult; now: Date },
): Promise<boolean> {
  const { objects, skipped = [], state } = result;
  return transact(ledger, taken, {
    window: {
      update: 'SET #last_committed_at = :scheduled_at REMOVE #holder, #held_until, #paused',
      ...stillHeld(taken, { scheduled_at: taken.scheduledAt }),
    },
    fetch: changeFetch(taken, {
      set: {
        state: 'committed',
        ended_at: now.toISOString(),
        objects: storedObjects(taken, objects),
        requests: result.requests,
        responses: result.responses,
        bytes: objects.reduce((sum, object) => sum + object.bytes, 0),
        work: 'fetch',
        work_at: now.toISOString(),
        unchanged: result.unchanged,
        skipped: skipped.length > 0 ? skipped.slice(0, keptSkips).map(inWords) : undefined,
        skipped_count: Math.max(skipped.length, result.skippedCount ?? 0) || undefined,
        behind: result.behind || undefined,
        reason: result.reason?.slice(0, longestWords),
        complete_from: result.completeFrom,
      },
      remove: ['position', 'resumes'],
    }),
    others: state ? [putState(ledger, taken.resource, state, now)] : [],
  });
}

/** Gives the window back with a place to go on from, after a clean stop or a failure of the moment. */
export function writePaused(
  ledger: Ledger,
  taken: TakenWindow,
  { pause, now }: { pause: Pause | Failure; now: Date },
): Promise<boolean> {
  const { position, notBefore, reason, error, requests, responses } = pause as Partial<Pause & Failure>;
  const hasPosition = position !== undefined || taken.resume !== undefined;
  const until = notBefore && { paused_until: notBefore.toISOString() };
  const sets = [
    ...(hasPosition ? ['#paused = :paused'] : []),
    ...(until ? ['#paused_until = :paused_until'] : []),
  ];
  return transact(ledger, taken, {
    window: {
      update: `${sets.length > 0 ? `SET ${sets.join(', ')} ` : ''}REMOVE #holder, #held_until`,
      ...stillHeld(taken, { ...(hasPosition && { paused: taken.scheduledAt }), ...until }),
    },
    fetch: changeFetch(taken, {
      set: {
        state: 'paused',
        ended_at: now.toISOString(),
        position: position === undefined ? undefined : storedPosition(taken, position),
        // A clean stop is no failed attempt, however often a wait leads to one.
        resumes: hasPosition && error === undefined ? 0 : undefined,
        reason: reason?.slice(0, longestWords),
        error,
        requests,
        responses,
      },
      remove: [],
    }),
  });
}

/** Gives the window back: nothing of this attempt, or of those before it, counts. False when the lease is no longer ours. */
export function writeFailed(
  ledger: Ledger,
  taken: TakenWindow,
  { error, now }: { error: string; now: Date },
): Promise<boolean> {
  return transact(ledger, taken, {
    window: { update: 'REMOVE #holder, #held_until, #paused', ...stillHeld(taken, {}) },
    fetch: changeFetch(taken, {
      set: { state: 'failed', ended_at: now.toISOString(), error },
      remove: ['position', 'resumes', 'requests', 'responses'],
    }),
  });
}

function storedObjects({ resource, scheduledAt }: TakenWindow, objects: LandedObject[]) {
  if (objects.length <= readableObjects) return objects;
  return pack(objects, {
    what: `the list of the ${objects.length} raw objects of ${resource} at ${scheduledAt}`,
    limit: objectsLimit,
    remedy: 'fetch less in one window: a shorter step, or fewer slices',
  });
}

function storedPosition({ resource, scheduledAt }: TakenWindow, position: unknown): Uint8Array {
  return pack(position, {
    what: `the place to go on from in the window of ${resource} at ${scheduledAt}`,
    limit: positionLimit,
    remedy: 'fetch less in one window: a shorter step, or fewer slices',
  });
}

function inWords({ slice, error }: NonNullable<WindowResult['skipped']>[number]): SkippedSlice {
  const text = typeof slice === 'string' ? slice : JSON.stringify(slice);
  return { slice: text.slice(0, longestSlice), error: error.slice(0, longestWords) };
}

type Values = Record<string, unknown>;

interface Change {
  update: string;
  condition: string;
  values: Values;
}

function stillHeld({ holder }: TakenWindow, values: Values): Omit<Change, 'update'> {
  return { condition: '#holder = :holder', values: { ...values, holder } };
}

/** The end of an attempt, as long as it has not ended. Attributes without a value are left as they are. */
function changeFetch({ attempt }: TakenWindow, { set, remove }: { set: Values; remove: string[] }): Change {
  const given = Object.entries(set).filter(([, value]) => value !== undefined);
  const sets = given.map(([name]) => `#${name} = :${name}`).join(', ');
  const removes = remove.map((name) => `#${name}`).join(', ');
  return {
    update: `SET ${sets}${removes && ` REMOVE ${removes}`}`,
    condition: '#attempt = :attempt AND #state = :fetching',
    values: { ...Object.fromEntries(given), attempt, fetching: 'fetching' },
  };
}

function transact(
  ledger: Ledger,
  taken: TakenWindow,
  { window, fetch, others = [] }: { window: Change; fetch: Change; others?: ReturnType<typeof putState>[] },
): Promise<boolean> {
  const write = (Key: Record<string, string>, change: Change) => ({
    Update: { TableName: ledger.table, Key, ...expressions(change) },
  });
  const items = [write(windowKey(taken), window), write(fetchKey(taken), fetch), ...others];
  return won(ledger.dynamo.send(new TransactWriteCommand({ TransactItems: items })));
}
