import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { workIndex } from './items.ts';
import type { Ledger } from './ledger.ts';

/**
 * What the index shows as open, oldest first. The index follows the table with a delay: an item may be missing still, or
 * be shown after its work is done. So this says where to look, never what is.
 */
export async function* openWork<Item>(ledger: Ledger, work: string): AsyncGenerator<Item> {
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({
        TableName: ledger.table,
        IndexName: workIndex,
        KeyConditionExpression: '#work = :work',
        ExpressionAttributeNames: { '#work': 'work' },
        ExpressionAttributeValues: { ':work': work },
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    yield* (page.Items ?? []) as Item[];
    next = page.LastEvaluatedKey;
  } while (next);
}
