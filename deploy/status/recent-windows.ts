import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { FetchItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { fetchKey } from '../../pipeline/ledger/window.ts';

/** What is told of a window; its objects and its position can be long. */
export type RecentWindow = Omit<FetchItem, 'pk' | 'sk' | 'objects' | 'position' | 'work' | 'work_at'>;

/** One window covers all slices of a resource. */
export const slice = 'all';
/** At the fastest cadence these are three hours and more; a suggestion of a cadence needs no more of any other. */
export const mostWindows = 200;

const told = [
  'resource',
  'slice',
  'scheduled_at',
  'state',
  'attempt',
  'started_at',
  'ended_at',
  'complete_from',
  'resumes',
  'requests',
  'responses',
  'unchanged',
  'bytes',
  'skipped',
  'skipped_count',
  'behind',
  'reason',
  'error',
] as const satisfies (keyof RecentWindow)[];

/** The newest first. */
export async function recentWindows(ledger: Ledger, resource: string): Promise<RecentWindow[]> {
  const windows: RecentWindow[] = [];
  for await (const window of newestWindows(ledger, resource)) {
    if (windows.push(window) === mostWindows) break;
  }
  return windows;
}

export async function* newestWindows(
  ledger: Ledger,
  resource: string,
  pageSize = mostWindows,
): AsyncGenerator<RecentWindow> {
  const { pk } = fetchKey({ resource, slice, scheduledAt: '' });
  let next: Record<string, unknown> | undefined;
  do {
    const page = await ledger.dynamo.send(
      new QueryCommand({
        TableName: ledger.table,
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
        ProjectionExpression: told.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(['pk', 'sk', ...told].map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: { ':pk': pk, ':prefix': 'AT#' },
        ScanIndexForward: false,
        Limit: pageSize,
        ...(next && { ExclusiveStartKey: next }),
      }),
    );
    yield* (page.Items ?? []) as RecentWindow[];
    next = page.LastEvaluatedKey;
  } while (next);
}
