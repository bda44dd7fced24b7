import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { LoadItem } from './items.ts';
import type { Ledger } from './ledger.ts';

/** Loads that were prepared after that one, the oldest first: their ids sort by time. */
export async function loadsAfter(ledger: Ledger, load: string): Promise<LoadItem[]> {
  const found: LoadItem[] = [];
  for await (const item of newestLoads(ledger)) {
    if (item.load <= load) break;
    found.unshift(item);
  }
  return found;
}

/** Its id; empty where there was none yet. */
export async function newestLoad(ledger: Ledger): Promise<string> {
  for await (const { load } of newestLoads(ledger)) return load;
  return '';
}

export async function* newestLoads(ledger: Ledger): AsyncGenerator<LoadItem> {
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({
        TableName: ledger.table,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': 'pk' },
        ExpressionAttributeValues: { ':pk': 'LOAD' },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 20,
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    yield* (page.Items ?? []) as LoadItem[];
    next = page.LastEvaluatedKey;
  } while (next);
}
