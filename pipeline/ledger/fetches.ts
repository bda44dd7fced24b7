/** Committed windows on their way from the fetcher to the dispatcher. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { openWork } from './open-work.ts';
import { queryItems, type ItemQuery } from './query-items.ts';
import { unpackFetch } from './window.ts';

export async function* committedFetches(ledger: Ledger): AsyncGenerator<FetchItem> {
  for await (const item of openWork<FetchItem>(ledger, 'fetch')) yield unpackFetch(item);
}

/**
 * All objects of the window are registered; of a complete listing it is then to be judged what it says of the tables. Done
 * once: a later attempt of the same window, committed meanwhile, stays open, and a listing that has been judged closed.
 */
export async function markRegistered(ledger: Ledger, fetch: FetchItem): Promise<void> {
  const isListing = fetch.complete_from !== undefined;
  await won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: { pk: fetch.pk, sk: fetch.sk },
        ...expressions({
          update: isListing ? 'SET #work = :listing' : 'REMOVE #work, #work_at',
          condition: '#state = :committed AND #attempt = :attempt AND #work = :fetch',
          values: {
            committed: 'committed',
            attempt: fetch.attempt,
            fetch: 'fetch',
            ...(isListing && { listing: 'listing' }),
          },
        }),
      }),
    ),
  );
}

/** Windows of a resource from this scheduled time on, in whatever state, the oldest first. */
export async function* windowsFrom(
  ledger: Ledger,
  resource: string,
  from: string,
): AsyncGenerator<FetchItem> {
  const query = {
    where: '#pk = :pk AND #sk BETWEEN :from AND :to',
    values: { pk: keyOf(resource), from: `AT#${from}`, to: 'AT#~' },
    pageSize: 200,
  };
  for await (const item of queryItems<FetchItem>(ledger, query)) yield unpackFetch(item);
}

/** Windows of a resource that were committed since then, the newest first. */
export async function* committedSince(
  ledger: Ledger,
  resource: string,
  since: string,
): AsyncGenerator<FetchItem> {
  const query: ItemQuery = {
    where: '#pk = :pk AND begins_with(#sk, :prefix)',
    values: { pk: keyOf(resource), prefix: 'AT#' },
    newestFirst: true,
    consistent: true,
  };
  for await (const item of queryItems<FetchItem>(ledger, query)) {
    if (item.state !== 'committed') continue;
    // Windows of one resource are committed in the order of their scheduled times.
    if (item.ended_at !== undefined && item.ended_at < since) return;
    yield unpackFetch(item);
  }
}

/** One window covers all slices. */
function keyOf(resource: string): string {
  return `FETCH#${resource}#all`;
}
