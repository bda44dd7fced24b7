/** What the ledger knows of one resource. */
import { rhythmOf, suggestCadence } from '../../pipeline/incremental/suggest-cadence.ts';
import type { WindowItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readState, type ResourceState } from '../../pipeline/ledger/resource-state.ts';
import { readWindow } from '../../pipeline/ledger/window.ts';
import type { CompiledResource } from '../../pipeline/source/source.ts';
import { findLoaded } from './find-loaded.ts';
import { recentWindows, slice, type RecentWindow } from './recent-windows.ts';
import type { CommittedWindow, FailedWindow, RecentFigures, ResourceStatus } from './resource-status.ts';

export async function readResource(
  ledger: Ledger,
  resource: CompiledResource,
  now: Date,
): Promise<ResourceStatus> {
  const { name, table, child_tables: children, every_ms: everyMs, once = false } = resource;
  const [windows, { state }, { window }] = await Promise.all([
    recentWindows(ledger, name),
    readState(ledger, name),
    // Of no scheduled time: only the lease is wanted.
    readWindow(ledger, { resource: name, slice, scheduledAt: '' }),
  ]);
  const committed = windows.find((one) => one.state === 'committed');
  const failed = windows.find((one) => one.error !== undefined && one.state !== 'committed');
  const loaded = await findLoaded(ledger, windows);
  const suggestion = once ? undefined : suggestCadence(windows, rhythmOf(resource));
  return {
    resource: name,
    tables: [table, ...children].map((one) => one.name),
    ...(everyMs !== undefined && { everyMs }),
    isDone: once && state.done === true,
    ...(committed && { committed: describeCommitted(committed) }),
    ...(failed && { failed: describeFailed(failed, committed) }),
    ...describeLease(window, windows, now.toISOString()),
    recent: sumUp(windows),
    ...(loaded && { loaded }),
    ...describeCursors(state),
    ...describeListing(resource, state),
    ...(suggestion && { suggestion }),
  };
}

function describeCommitted(window: RecentWindow): CommittedWindow {
  const { scheduled_at: scheduledAt, started_at: begun, ended_at: at = begun, attempt } = window;
  const { requests = 0, responses = 0, unchanged = 0, bytes = 0, behind, reason } = window;
  const { skipped: [first] = [], skipped_count: slices = 0 } = window;
  return {
    scheduledAt,
    at,
    attempt,
    requests,
    responses,
    unchanged,
    bytes,
    ...(slices > 0 && { skipped: { slices, ...(first && { first }) } }),
    ...(behind !== undefined && { behind: { slices: behind, ...(reason !== undefined && { reason }) } }),
  };
}

function describeFailed(window: RecentWindow, committed: RecentWindow | undefined): FailedWindow {
  const { scheduled_at: scheduledAt, started_at: begun, ended_at: at = begun, error = '' } = window;
  return { scheduledAt, at, error, isLast: committed === undefined || (committed.ended_at ?? '') < at };
}

function describeLease(
  window: WindowItem | undefined,
  windows: readonly RecentWindow[],
  now: string,
): Pick<ResourceStatus, 'paused' | 'fetching' | 'waitsUntil'> {
  const { paused, paused_until: waitsUntil, holder, held_until: until, scheduled_at: held } = window ?? {};
  const place = windows.find((one) => one.scheduled_at === paused);
  return {
    ...(paused !== undefined && {
      paused: {
        scheduledAt: paused,
        since: place?.ended_at ?? place?.started_at ?? paused,
        reason: place?.reason ?? place?.error ?? 'an earlier invocation has left it in the middle',
      },
    }),
    // A lease that has run out is nobody's.
    ...(holder !== undefined &&
      held !== undefined &&
      until !== undefined &&
      until > now && { fetching: { scheduledAt: held, until } }),
    ...(waitsUntil !== undefined && waitsUntil > now && { waitsUntil }),
  };
}

function sumUp(windows: readonly RecentWindow[]): RecentFigures {
  const committed = windows.filter(({ state }) => state === 'committed');
  const sum = (read: (window: RecentWindow) => number | undefined) =>
    committed.reduce((total, window) => total + (read(window) ?? 0), 0);
  const oldest = windows.at(-1);
  return {
    windows: committed.length,
    failed: windows.filter(({ state }) => state === 'failed').length,
    ...(oldest && { from: oldest.scheduled_at }),
    requests: sum((window) => window.requests),
    responses: sum((window) => window.responses),
    unchanged: sum((window) => window.unchanged),
  };
}

/** Times are stored as text that sorts by time. */
function describeCursors({ cursors }: ResourceState): Pick<ResourceStatus, 'cursors'> {
  const values = Object.values(cursors).toSorted((one, other) => (one === other ? 0 : one < other ? -1 : 1));
  const [least, greatest] = [values[0], values.at(-1)];
  return least === undefined || greatest === undefined
    ? {}
    : { cursors: { slices: values.length, least, greatest } };
}

function describeListing(
  { reconcile }: CompiledResource,
  { reconciled_at: lastAt }: ResourceState,
): Pick<ResourceStatus, 'listing'> {
  if (!reconcile) return {};
  if (lastAt === undefined) return { listing: {} };
  return { listing: { lastAt, nextAt: new Date(Date.parse(lastAt) + reconcile.every_ms).toISOString() } };
}
