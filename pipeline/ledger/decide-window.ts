import type { WindowId, WindowState } from './window.ts';

/**
 * `from`: the holder that is gone. `retry`: the window ought to be fetched, only not now; otherwise there is nothing to do
 * and nothing is wrong.
 */
export type WindowDecision =
  { take: true; attempt: number; from: string | undefined } | { take: false; reason: string; retry: boolean };

interface DecideOptions {
  id: WindowId;
  /** Least time between two windows. */
  everyMs: number | undefined;
  /** Of this invocation. */
  request: string;
  now: Date;
}

/** Whether this invocation may fetch the window now, by what the ledger shows. */
export function decideWindow(
  { window, fetch }: WindowState,
  { id, everyMs, request, now }: DecideOptions,
): WindowDecision {
  const { scheduledAt } = id;
  const last = window?.last_committed_at;
  if (last === scheduledAt) return leave('committed already');
  if (last !== undefined && last > scheduledAt)
    return leave(`the window of ${last} is committed, which is newer`);
  if (last !== undefined && !isDue(last, scheduledAt, everyMs))
    return leave(`not due: the last one is of ${last}`);
  const { holder, held_until: until = '', scheduled_at: held = '' } = window ?? {};
  const isHeld = holder !== undefined && until >= now.toISOString() && !holder.startsWith(`${request}/`);
  if (!isHeld) return { take: true, attempt: (fetch?.attempt ?? 0) + 1, from: holder };
  if (held === scheduledAt) return leave(`another invocation is fetching it, until ${until} at the latest`);
  if (held > scheduledAt) return leave(`the window of ${held}, which is newer, is being fetched`);
  return leave(`the window of ${held} is still being fetched, until ${until} at the latest`, true);
}

function leave(reason: string, retry = false): WindowDecision {
  return { take: false, reason, retry };
}

/**
 * Scheduled times stray by some seconds, and more when a schedule is changed: a window that is a little early counts as
 * due, or a resource with the stack's own beat would skip every other one.
 */
function isDue(last: string, scheduledAt: string, everyMs: number | undefined): boolean {
  if (everyMs === undefined) return true;
  const tolerance = Math.min(everyMs / 10, 60_000);
  return Date.parse(scheduledAt) - Date.parse(last) >= everyMs - tolerance;
}
