/** What the ledger shows of fetches and loads, for those who follow them. Nothing here writes. */
import { BatchGetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem, LoadItem, ObjectItem } from '../pipeline/ledger/items.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';

/** One window covers all slices of a resource. */
export const slice = 'all';
/** DynamoDB answers at most 100 items to one BatchGetItem. */
const batchSize = 100;

/** The first fetch of the resource with a later scheduled time. */
export async function nextFetch(
  ledger: Ledger,
  resource: string,
  after: string,
): Promise<FetchItem | undefined> {
  const items = await query<FetchItem>(ledger, `FETCH#${resource}#${slice}`, `AT#${after}`);
  return items.find((item) => item.sk.startsWith('AT#'));
}

/** Loads made since, oldest first: a load's id begins with the time at which it was made. */
export function loadsSince(ledger: Ledger, since: string): Promise<LoadItem[]> {
  return query<LoadItem>(ledger, 'LOAD', since.replaceAll(/[-:.]/g, ''));
}

export async function readObjects({ dynamo, table }: Ledger, keys: readonly string[]): Promise<ObjectItem[]> {
  const items: ObjectItem[] = [];
  for (let from = 0; from < keys.length; from += batchSize) {
    const Keys = keys.slice(from, from + batchSize).map((key) => ({ pk: `OBJECT#${key}`, sk: 'OBJECT' }));
    const answer = await dynamo.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    items.push(...((answer.Responses?.[table] ?? []) as ObjectItem[]));
  }
  return items;
}

async function query<Item>({ dynamo, table }: Ledger, pk: string, above: string): Promise<Item[]> {
  const answer = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk > :above',
      ExpressionAttributeValues: { ':pk': pk, ':above': above },
      ConsistentRead: true,
      Limit: 50,
    }),
  );
  return (answer.Items ?? []) as Item[];
}
