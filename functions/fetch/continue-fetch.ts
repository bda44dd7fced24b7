import type { FetchDeps } from './deps.ts';
import type { WindowOutcome } from './fetch-windows.ts';
import type { FetchEvent } from './read-event.ts';

/** Lambda itself stops a function that has led to its own invocation about 16 times: that guard stays on, above ours. */
export const mostContinues = 12;
/** The next invocation sleeps through a wait as short as this; a longer one is for the next scheduled fetch. */
export const longestPauseMs = 5_000;
/**
 * Waits of up to a minute are not begun when less is left: an invocation that ends with this much time had no more. One
 * that ends earlier was told to wait.
 */
const timeIsOverMs = 75_000;

type Paused = Extract<WindowOutcome, { outcome: 'paused' }>;

/**
 * What an invocation has no time for goes on at once, in a new one, instead of at the next scheduled time: windows that
 * have paused in the middle, and those that came while one of them was gone on with. Nothing that was fetched depends on
 * it, so a failure of it is told and no more.
 */
export async function continueFetch(
  event: FetchEvent,
  windows: readonly WindowOutcome[],
  deps: FetchDeps,
): Promise<void> {
  const { continues = 0 } = event;
  const paused = pausedInTime(event, windows, deps);
  if (paused.length > 0) {
    const resources = paused.map(({ resource }) => resource);
    const notBefore = latest(paused.flatMap((window) => window.notBefore ?? []));
    const { scheduledAt } = event;
    await begin(
      { scheduledAt, resources, continues, ...(notBefore !== undefined && { notBefore }) },
      'window continued',
      deps,
    );
  }
  const followed = windows.flatMap((window) =>
    window.outcome === 'committed' && window.followedBy !== undefined
      ? [{ resource: window.resource, at: window.followedBy }]
      : [],
  );
  for (const [at, group] of Map.groupBy(followed, (one) => one.at)) {
    const resources = group.map(({ resource }) => resource);
    await begin({ scheduledAt: at, resources, continues }, 'window followed', deps);
  }
}

/**
 * Only those that have come further: others would do so for ever. And none where a resource has failed: Lambda tries
 * again with all of them.
 */
function pausedInTime(
  { scheduledAt }: FetchEvent,
  windows: readonly WindowOutcome[],
  { remainingMs, now }: FetchDeps,
): Paused[] {
  if (remainingMs() > timeIsOverMs || windows.some(({ outcome }) => outcome === 'failed')) return [];
  const soon = now().getTime() + longestPauseMs;
  return windows.filter(
    (window): window is Paused & WindowOutcome =>
      window.outcome === 'paused' && window.progress && Date.parse(window.notBefore ?? scheduledAt) <= soon,
  );
}

async function begin(
  { scheduledAt, resources = [], continues = 0, notBefore }: FetchEvent,
  event: 'window continued' | 'window followed',
  { invokeSelf, log, mask }: FetchDeps,
): Promise<void> {
  const stay = (why: string): void => {
    const reason = `${why}; the next scheduled fetch goes on`;
    log('window not continued', { resources, scheduledAt, reason }, 'WARN');
  };
  if (continues >= mostContinues) return stay(`it has been continued ${continues} times`);
  const next = { scheduledAt, resources, continues: continues + 1 };
  try {
    await invokeSelf({ ...next, ...(notBefore !== undefined && { notBefore }) });
  } catch (error) {
    return stay(mask.mask(error instanceof Error ? error.message : String(error)));
  }
  for (const resource of resources) log(event, { resource, scheduledAt, continues: next.continues });
}

function latest(times: string[]): string | undefined {
  return times.toSorted((one, other) => Date.parse(one) - Date.parse(other)).at(-1);
}
