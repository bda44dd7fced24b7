/**
 * Windows: who fetches (resource, slice) now, and what was committed last (law 2). WINDOW is the lease, FETCH what became
 * of one scheduled time; the writes that change both are in `write-window.ts`.
 */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Slice } from '../source/source.ts';
import type { FetchItem, LandedObject, WindowItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { unpack } from './pack.ts';
import type { NextState } from './resource-state.ts';

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
  /** Where an earlier attempt has stopped; absent: from the beginning. */
  resume?: Resume;
}

export interface Resume {
  /** As it was given to `pauseWindow`. */
  position: unknown;
  /** 1 for the first attempt since the position was reached, 2 when that one has not come further, and so on. */
  number: number;
}

export interface WindowState {
  window?: WindowItem;
  fetch?: FetchItem;
}

export interface WindowResult {
  /** Every object of the window, those of earlier attempts included. */
  objects: LandedObject[];
  requests: number;
  responses: number;
  /** What the resource remembers from now on; absent: as before, and the commit has no third item. */
  state?: NextState | undefined;
  unchanged?: number | undefined;
  /** Slices that failed on their own; the first 50 are kept. */
  skipped?: { slice: Slice | string; error: string }[] | undefined;
  /** Of all of them, where `skipped` has not all. */
  skippedCount?: number | undefined;
  behind?: number | undefined;
  reason?: string | undefined;
  /** Of a complete listing: a time before its very first request. */
  completeFrom?: string | undefined;
}

/** A window that stops cleanly, for another invocation to go on with. */
export interface Pause {
  /** JSON, of any form. Absent: nothing was fetched, and the window is only given back. */
  position?: unknown;
  reason: string;
  /** There is no sense in trying earlier. */
  notBefore?: Date | undefined;
  requests?: number | undefined;
  responses?: number | undefined;
}

export interface Failure {
  error: string;
  /** It may go well later: a position is kept, for a few attempts. Anything else starts over from nothing. */
  transient?: boolean | undefined;
  /** How far this attempt has come; absent: no further than the one before. */
  position?: unknown;
}

export const nameHolder = ({ request, execution }: Holder): string => `${request}/${execution}`;

/** Both items as they are. They are read one by one; the conditions of the writes hold them together. */
export async function readWindow(ledger: Ledger, id: WindowId): Promise<WindowState> {
  const [window, fetch] = await Promise.all([
    readItem(ledger, windowKey(id)),
    readItem(ledger, fetchKey(id)),
  ]);
  return {
    ...(window && { window: window as unknown as WindowItem }),
    ...(fetch && { fetch: unpackFetch(fetch as unknown as FetchItem) }),
  };
}

/** The item with its list of objects, however that is stored. */
export function unpackFetch(item: FetchItem): FetchItem {
  return item.objects instanceof Uint8Array
    ? { ...item, objects: unpack(item.objects) as LandedObject[] }
    : item;
}

export function windowKey({ resource, slice }: WindowId): { pk: string; sk: string } {
  return { pk: `FETCH#${resource}#${slice}`, sk: 'WINDOW' };
}

export function fetchKey({ resource, slice, scheduledAt }: WindowId): { pk: string; sk: string } {
  return { pk: `FETCH#${resource}#${slice}`, sk: `AT#${scheduledAt}` };
}

async function readItem(
  ledger: Ledger,
  Key: { pk: string; sk: string },
): Promise<Record<string, unknown> | undefined> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key, ConsistentRead: true }),
  );
  return answer.Item;
}
