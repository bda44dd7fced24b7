/**
 * What a resource remembers from one window to the next. It changes in the transaction that commits a window and
 * nowhere else: a cursor that has moved says that everything before it has landed.
 */
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { StateItem } from './items.ts';
import { expressions, type Ledger } from './ledger.ts';
import { pack, unpack } from './pack.ts';

/** What a response said of itself: sent back, so that the next answer may be "unchanged". */
export interface Validators {
  etag?: string;
  last_modified?: string;
  /** ISO 8601: nothing new is to be had before. */
  expires_at?: string;
}

export interface ResourceState {
  /** Slice key → where its next window starts. */
  cursors: Record<string, string | number>;
  /** Of a resource that is fetched once. */
  done?: true;
  /** Of a resource with `reconcile`: the scheduled time of its last complete listing. */
  reconciled_at?: string;
  /** Of a listing since then in which slices were left out. */
  listing_tried_at?: string;
  /** Request key → of its last committed response. */
  validators?: Record<string, Validators>;
  /** Request key → 16 hex digits of its last committed response: what the share of unchanged ones is counted by. */
  digests?: Record<string, string>;
}

/** The state as it was read; `version` is 0 while there is none. */
export interface StoredState {
  state: ResourceState;
  version: number;
}

/** The state to be committed, in place of the version that was read. */
export interface NextState {
  value: ResourceState;
  version: number;
}

/** Leaves the 400 KB of an item room for its other attributes. */
const limit = 380 * 1024;

export function stateKey(resource: string): { pk: string; sk: string } {
  return { pk: `STATE#${resource}`, sk: 'STATE' };
}

export async function readState(ledger: Ledger, resource: string): Promise<StoredState> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: stateKey(resource), ConsistentRead: true }),
  );
  const item = answer.Item as StateItem | undefined;
  if (!item) return { state: { cursors: {} }, version: 0 };
  return { state: unpack(item.state) as ResourceState, version: item.version };
}

/** The commit transaction's part: refused when the state is no longer what was read. */
export function putState(ledger: Ledger, resource: string, { value, version }: NextState, now: Date) {
  const item: StateItem = {
    ...stateKey(resource),
    resource,
    version: version + 1,
    changed_at: now.toISOString(),
    state: pack(value, {
      what: `the state of ${resource} (${Object.keys(value.cursors).length} cursors)`,
      limit,
      remedy: 'spread its slices over several resources',
    }),
  };
  return {
    Put: {
      TableName: ledger.table,
      Item: item,
      ...expressions(
        version === 0
          ? { condition: 'attribute_not_exists(#pk)' }
          : { condition: '#version = :seen', values: { seen: version } },
      ),
    },
  };
}
