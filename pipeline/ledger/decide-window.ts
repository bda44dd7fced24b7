import type { WindowId, WindowState } from './window.ts';

/**
 * `from`: the holder that is gone. `resume`: which attempt it is since the position was reached, absent when there is none
 * to go on from. `retry`: the window ought to be fetched, only not now; otherwise there is nothing to do and nothing is
 * wrong. `after`: the holder that goes on with an older window, and may be told to fetch this one afterwards.
 */
export type WindowDecision =
  | { take: true; attempt: number; from: string | undefined; resume?: number }
  | { take: false; reason: string; retry: boolean; after?: string };

interface DecideOptions {
  /** The window to take: a paused one before the one that was asked for. */
  id: WindowId;
  /** The scheduled time that was asked for. */
  asked: string;
  /** Least time between two windows. */
  everyMs: number | undefined;
  /** Of this invocation. */
  request: string;
  now: Date;
}

/**
 * Attempts from one position that come no further, by failures of the moment or by dying: after these the window starts
 * over. Its page tokens may be what is wrong.
 */
export const mostResumes = 5;

/** Whether this invocation may fetch the window now, by what the ledger shows. */
export function decideWindow(
  { window, fetch }: WindowState,
  { id, asked, everyMs, request, now }: DecideOptions,
): WindowDecision {
  const { scheduledAt } = id;
  const last = window?.last_committed_at;
  if (last === scheduledAt) return leave('committed already');
  if (last !== undefined && last > scheduledAt)
    return leave(`the window of ${last} is committed, which is newer`);
  const isPaused = window?.paused === scheduledAt;
  if (!isPaused && last !== undefined && !isDue(last, scheduledAt, everyMs))
    return leave(`not due: the last one is of ${last}`);
  const { holder, held_until: until = '', scheduled_at: held = '' } = window ?? {};
  const isHeld = holder !== undefined && until >= now.toISOString() && !holder.startsWith(`${request}/`);
  if (isHeld) {
    if (held === asked) return leave(`another invocation is fetching it, until ${until} at the latest`);
    if (held > asked) return leave(`the window of ${held}, which is newer, is being fetched`);
    const busy = leave(`the window of ${held} is still being fetched, until ${until} at the latest`, true);
    if (window?.paused !== held) return busy;
    // That may take several invocations, one after another without a break: too long for Lambda to try again.
    const { followed_by: next = '' } = window;
    return next < asked ? { ...busy, after: holder } : leave(`the window of ${next} follows that of ${held}`);
  }
  const wait = window?.paused_until ?? '';
  if (wait > now.toISOString())
    return leave(`${isPaused ? `the window of ${scheduledAt} is paused` : 'fetching waits'} until ${wait}`);
  const attempt = (fetch?.attempt ?? 0) + 1;
  const resume = (fetch?.resumes ?? 0) + 1;
  const goesOn = isPaused && fetch?.position !== undefined && resume <= mostResumes;
  return { take: true, attempt, from: holder, ...(goesOn && { resume }) };
}

function leave(reason: string, retry = false): Extract<WindowDecision, { take: false }> {
  return { take: false, reason, retry };
}

/**
 * Scheduled times stray by some seconds, and more when a schedule is changed: a window that is a little early counts as
 * due, or a resource with the stack's own beat would skip every other one.
 */
export function isDue(last: string, scheduledAt: string, everyMs: number | undefined): boolean {
  if (everyMs === undefined) return true;
  const tolerance = Math.min(everyMs / 10, 60_000);
  return Date.parse(scheduledAt) - Date.parse(last) >= everyMs - tolerance;
}
