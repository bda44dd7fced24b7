/** Committed windows on their way from the fetcher to the dispatcher. */
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { openWork } from './open-work.ts';
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
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({
        TableName: ledger.table,
        KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        // One window covers all slices.
        ExpressionAttributeValues: { ':pk': `FETCH#${resource}#all`, ':from': `AT#${from}`, ':to': 'AT#~' },
        // Who asks may have enough before the megabyte that a page is otherwise.
        Limit: 200,
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    for (const item of (page.Items ?? []) as FetchItem[]) yield unpackFetch(item);
    next = page.LastEvaluatedKey;
  } while (next);
}

/** Windows of a resource that were committed since then, the newest first. */
export async function* committedSince(
  ledger: Ledger,
  resource: string,
  since: string,
): AsyncGenerator<FetchItem> {
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({
        TableName: ledger.table,
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
        // One window covers all slices.
        ExpressionAttributeValues: { ':pk': `FETCH#${resource}#all`, ':prefix': 'AT#' },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    for (const item of (page.Items ?? []) as FetchItem[]) {
      if (item.state !== 'committed') continue;
      // Windows of one resource are committed in the order of their scheduled times.
      if (item.ended_at !== undefined && item.ended_at < since) return;
      yield unpackFetch(item);
    }
    next = page.LastEvaluatedKey;
  } while (next);
}
