/** Raw objects on their way into the tables. */
import { objectShards } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { findPending } from '../../pipeline/ledger/objects.ts';
import { committedFetches } from '../../pipeline/ledger/fetches.ts';

export interface Waiting {
  objects: number;
  bytes: number;
  /** When the oldest was put on the list. */
  since?: string;
}

export interface WaitingObjects {
  /** By resource. */
  pending: Map<string, Waiting>;
  /** There are more than were counted. */
  isMore: boolean;
  /** Committed windows whose objects the dispatcher has not put on the list yet. */
  unregistered: { windows: number; since?: string };
}

const mostPerShard = 1_000;
const mostUnregistered = 1_000;

export async function readWaiting(ledger: Ledger, resources: readonly string[]): Promise<WaitingObjects> {
  const { objects } = await findPending(ledger, {
    resources: new Set(resources),
    limit: mostPerShard * objectShards,
  });
  const pending = new Map<string, Waiting>();
  const shards = new Map<string, number>();
  for (const { resource, bytes, registered_at: registered, work_at: at = registered, work = '' } of objects) {
    const before = pending.get(resource) ?? { objects: 0, bytes: 0, since: at };
    const since = before.since === undefined || at < before.since ? at : before.since;
    pending.set(resource, { objects: before.objects + 1, bytes: before.bytes + bytes, since });
    shards.set(work, (shards.get(work) ?? 0) + 1);
  }
  const isMore = [...shards.values()].some((number) => number >= mostPerShard);
  return { pending, isMore, unregistered: await countUnregistered(ledger) };
}

async function countUnregistered(ledger: Ledger): Promise<WaitingObjects['unregistered']> {
  let windows = 0;
  let since: string | undefined;
  for await (const { ended_at: at } of committedFetches(ledger)) {
    windows += 1;
    since ??= at;
    if (windows === mostUnregistered) break;
  }
  return { windows, ...(since !== undefined && { since }) };
}
