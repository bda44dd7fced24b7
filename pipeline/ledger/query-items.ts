import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Ledger } from './ledger.ts';

export interface ItemQuery {
  /** Attributes are written `#name` and stand for themselves, values `:name`. */
  where: string;
  values: Record<string, unknown>;
  index?: string;
  newestFirst?: true;
  consistent?: true;
  /** Items of one page: who asks may have enough before the megabyte that a page is otherwise. */
  pageSize?: number;
  /** Nothing else of an item is wanted. */
  attributes?: readonly string[];
}

/** Page by page, as far as somebody takes them. */
export async function* queryItems<Item>(ledger: Ledger, query: ItemQuery): AsyncGenerator<Item> {
  const attributes = query.attributes?.map((name) => `#${name}`).join(', ');
  const names = new Set(`${query.where} ${attributes ?? ''}`.match(/#\w+/g) ?? []);
  const input: QueryCommandInput = {
    TableName: ledger.table,
    KeyConditionExpression: query.where,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [name, name.slice(1)])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(query.values).map(([name, value]) => [`:${name}`, value]),
    ),
    ...(attributes !== undefined && { ProjectionExpression: attributes }),
    ...(query.index !== undefined && { IndexName: query.index }),
    ...(query.newestFirst && { ScanIndexForward: false }),
    ...(query.consistent && { ConsistentRead: true }),
    ...(query.pageSize !== undefined && { Limit: query.pageSize }),
  };
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({ ...input, ...(next && { ExclusiveStartKey: next }) }),
    );
    yield* (page.Items ?? []) as Item[];
    next = page.LastEvaluatedKey;
  } while (next);
}
