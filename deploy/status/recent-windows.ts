import type { FetchItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { queryItems } from '../../pipeline/ledger/query-items.ts';
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

export function newestWindows(
  ledger: Ledger,
  resource: string,
  pageSize = mostWindows,
): AsyncGenerator<RecentWindow> {
  const { pk } = fetchKey({ resource, slice, scheduledAt: '' });
  return queryItems(ledger, {
    where: '#pk = :pk AND begins_with(#sk, :prefix)',
    values: { pk, prefix: 'AT#' },
    newestFirst: true,
    pageSize,
    attributes: told,
  });
}
