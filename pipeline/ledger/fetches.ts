/** Committed windows on their way from the fetcher to the dispatcher. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { openWork } from './open-work.ts';
import { unpackFetch } from './window.ts';

export async function* committedFetches(ledger: Ledger): AsyncGenerator<FetchItem> {
  for await (const item of openWork<FetchItem>(ledger, 'fetch')) yield unpackFetch(item);
}

/** All objects of the window are registered. A later attempt of the same window, committed meanwhile, stays open. */
export async function markRegistered(ledger: Ledger, fetch: FetchItem): Promise<void> {
  await won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: { pk: fetch.pk, sk: fetch.sk },
        ...expressions({
          update: 'REMOVE #work, #work_at',
          condition: '#state = :committed AND #attempt = :attempt',
          values: { committed: 'committed', attempt: fetch.attempt },
        }),
      }),
    ),
  );
}
