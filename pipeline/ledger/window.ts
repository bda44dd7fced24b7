/**
 * Windows: who fetches (resource, slice) now, and what was committed last (law 2). A window is taken, then committed or
 * failed; each is one transaction over WINDOW (the lease) and FETCH (what became of this scheduled time).
 */
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem, LandedObject, WindowItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';

export interface WindowId {
  resource: string;
  /** `all` where one window covers every slice. */
  slice: string;
  /** ISO 8601, UTC, seconds. */
  scheduledAt: string;
}

/** One invocation that fetches. Lambda repeats a failed one under the same request id: both are never alive together. */
export interface Holder {
  request: string;
  /** Random. */
  execution: string;
}

/** A window that this invocation holds. */
export interface TakenWindow extends WindowId {
  holder: string;
  attempt: number;
}

export interface WindowState {
  window?: WindowItem;
  fetch?: FetchItem;
}

export interface WindowResult {
  objects: LandedObject[];
  requests: number;
  responses: number;
}

export const nameHolder = ({ request, execution }: Holder): string => `${request}/${execution}`;

/** Both items as they are. They are read one by one; the conditions of the writes hold them together. */
export async function readWindow(ledger: Ledger, id: WindowId): Promise<WindowState> {
  const [window, fetch] = await Promise.all(
    [windowKey(id), fetchKey(id)].map(
      async (key) =>
        (
          await ledger.dynamo.send(
            new GetCommand({ TableName: ledger.table, Key: key, ConsistentRead: true }),
          )
        ).Item,
    ),
  );
  return {
    ...(window && { window: window as WindowItem }),
    ...(fetch && { fetch: fetch as FetchItem }),
  };
}

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
  const { resource, slice, attempt, holder } = taken;
  const shared = { resource, slice, scheduled_at: taken.scheduledAt, attempt };
  return transact(ledger, taken, {
    window: {
      update:
        'SET #resource = :resource, #slice = :slice, #scheduled_at = :scheduled_at, #attempt = :attempt, ' +
        '#holder = :holder, #held_until = :held_until',
      condition:
        `${from === undefined ? 'attribute_not_exists(#holder)' : '#holder = :from'} ` +
        'AND (attribute_not_exists(#last_committed_at) OR #last_committed_at < :scheduled_at)',
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
        '#state = :fetching, #started_at = :now REMOVE #ended_at, #error',
      // No two attempts of a scheduled time ever have one number: raw objects are named by it.
      condition: attempt === 1 ? 'attribute_not_exists(#pk)' : '#attempt = :previous',
      values: {
        ...shared,
        fetching: 'fetching',
        now: now.toISOString(),
        ...(attempt > 1 && { previous: attempt - 1 }),
      },
    },
  });
}

/** The commit: from now on, these objects and no others are the window's. False when the lease is no longer ours. */
export function writeCommitted(
  ledger: Ledger,
  taken: TakenWindow,
  { result, now }: { result: WindowResult; now: Date },
): Promise<boolean> {
  const bytes = result.objects.reduce((sum, object) => sum + object.bytes, 0);
  return transact(ledger, taken, {
    window: {
      update: 'SET #last_committed_at = :scheduled_at REMOVE #holder, #held_until',
      ...stillHeld(taken, { scheduled_at: taken.scheduledAt }),
    },
    fetch: {
      update:
        'SET #state = :committed, #ended_at = :now, #objects = :objects, #requests = :requests, ' +
        '#responses = :responses, #bytes = :bytes, #work = :work, #work_at = :now',
      ...stillFetching(taken, {
        ...result,
        bytes,
        committed: 'committed',
        now: now.toISOString(),
        work: 'fetch',
      }),
    },
  });
}

/** Gives the window back: nothing of this attempt counts. False when the lease is no longer ours. */
export function writeFailed(
  ledger: Ledger,
  taken: TakenWindow,
  { error, now }: { error: string; now: Date },
): Promise<boolean> {
  return transact(ledger, taken, {
    window: { update: 'REMOVE #holder, #held_until', ...stillHeld(taken, {}) },
    fetch: {
      update: 'SET #state = :failed, #ended_at = :now, #error = :error',
      ...stillFetching(taken, { failed: 'failed', now: now.toISOString(), error }),
    },
  });
}

type Values = Record<string, unknown>;

function stillHeld({ holder }: TakenWindow, values: Values) {
  return { condition: '#holder = :holder', values: { ...values, holder } };
}

function stillFetching({ attempt }: TakenWindow, values: Values) {
  return {
    condition: '#attempt = :attempt AND #state = :fetching',
    values: { ...values, attempt, fetching: 'fetching' },
  };
}

interface Change {
  update: string;
  condition: string;
  values: Values;
}

function transact(
  ledger: Ledger,
  id: WindowId,
  { window, fetch }: { window: Change; fetch: Change },
): Promise<boolean> {
  const write = (Key: Record<string, string>, change: Change) => ({
    Update: { TableName: ledger.table, Key, ...expressions(change) },
  });
  const items = [write(windowKey(id), window), write(fetchKey(id), fetch)];
  return won(ledger.dynamo.send(new TransactWriteCommand({ TransactItems: items })));
}

function windowKey({ resource, slice }: WindowId): { pk: string; sk: string } {
  return { pk: `FETCH#${resource}#${slice}`, sk: 'WINDOW' };
}

function fetchKey({ resource, slice, scheduledAt }: WindowId): { pk: string; sk: string } {
  return { pk: `FETCH#${resource}#${slice}`, sk: `AT#${scheduledAt}` };
}
