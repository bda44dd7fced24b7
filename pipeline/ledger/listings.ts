/**
 * Complete listings: windows that were fetched as if nothing had ever been fetched. Once all of their objects are loaded
 * it is judged what they say of the tables, once.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ObjectSums } from '../sum-report.ts';
import type { FetchItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { batchesOf, readBatch } from './objects.ts';
import { openWork } from './open-work.ts';
import { unpackFetch } from './window.ts';

/** A window with `complete_from`, all of whose objects are registered. */
export type Listing = FetchItem & { complete_from: string };

/** What the loads have found in a listing. */
export interface Listed extends ObjectSums {
  /** Objects of which nothing is known: in quarantine themselves, or gone from the ledger. */
  unread: number;
}

/** Those that are not judged yet. */
export async function* openListings(ledger: Ledger): AsyncGenerator<Listing> {
  for await (const item of openWork<Listing>(ledger, 'listing')) yield unpackFetch(item) as Listing;
}

/** Undefined while an object waits for its load. */
export async function readListed(ledger: Ledger, { objects = [] }: Listing): Promise<Listed | undefined> {
  const listed: Listed = { rows: 0, quarantined: 0, unread: 0 };
  // The last objects are loaded last: a listing that is not done mostly shows in the first batch that is read.
  for (const batch of batchesOf(objects.toReversed())) {
    const { items, whole } = await readBatch(ledger, batch);
    if (!whole || items.some(({ state }) => state === 'pending')) return undefined;
    const counted = items.filter(({ state, rows }) => state === 'done' && rows !== undefined);
    listed.unread += batch.length - counted.length;
    for (const { rows = 0, quarantined = 0 } of counted) {
      listed.rows += rows;
      listed.quarantined += quarantined;
    }
  }
  return listed;
}

/** It is judged; false when someone else was quicker to say so. */
export function closeListing(ledger: Ledger, { pk, sk, attempt }: Listing): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: { pk, sk },
        ...expressions({
          update: 'REMOVE #work, #work_at',
          condition: '#attempt = :attempt AND #work = :listing',
          values: { attempt, listing: 'listing' },
        }),
      }),
    ),
  );
}
