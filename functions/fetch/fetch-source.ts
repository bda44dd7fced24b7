import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';
import { continueFetch, longestPauseMs } from './continue-fetch.ts';
import type { FetchDeps } from './deps.ts';
import { fetchWindows, type WindowOutcome } from './fetch-windows.ts';
import { openInvocation, releaseBudgets } from './open-invocation.ts';
import type { FetchEvent } from './read-event.ts';

export interface FetchResult {
  scheduledAt: string;
  windows: WindowOutcome[];
}

/** Side by side, so that one slow endpoint does not use up the time of the others. */
const resourcesAtOnce = 8;

/**
 * Fetches every resource that is due, each on its own: what went well is committed, what has to stop in the middle goes on
 * in a new invocation. Throws when one failed, so that Lambda counts an error, tries again, and the alarm sees it.
 */
export async function fetchSource(
  source: CompiledSource,
  event: FetchEvent,
  deps: FetchDeps,
): Promise<FetchResult> {
  const { scheduledAt, resources: named } = event;
  const { client, resources } = source;
  await waitUntil(event.notBefore, deps);
  const chosen = parentsFirst(resources).filter(({ name }) => named?.includes(name) ?? true);
  const shared = openInvocation(client, deps);
  for (const { name } of chosen) shared.chains.expect(name);
  const outcomes = new Map<string, WindowOutcome[]>();
  try {
    await inParallel(chosen, resourcesAtOnce, async (resource) => {
      outcomes.set(resource.name, await fetchWindows({ resource, resources, scheduledAt }, shared, deps));
      shared.chains.begun(resource.name);
    });
  } finally {
    await releaseBudgets(shared);
  }
  const windows = resources.flatMap(({ name }) => outcomes.get(name) ?? []);
  await continueFetch(event, windows, deps);
  throwFailures(scheduledAt, windows);
  return { scheduledAt, windows };
}

/** What an invocation that goes on has to wait for, is near. */
async function waitUntil(time: string | undefined, { now, sleep }: FetchDeps): Promise<void> {
  const waitMs = time === undefined ? 0 : Date.parse(time) - now().getTime();
  if (waitMs > 0) await sleep(Math.min(waitMs, longestPauseMs));
}

/** A child waits for its parent to begin: then the parent must not wait for a place behind it. */
function parentsFirst(resources: CompiledResource[]): CompiledResource[] {
  const depthOf = ({ parent }: CompiledResource): number => {
    const found = parent && resources.find(({ name }) => name === parent.resource);
    return found ? depthOf(found) + 1 : 0;
  };
  return resources.toSorted((one, other) => depthOf(one) - depthOf(other));
}

function throwFailures(scheduledAt: string, windows: WindowOutcome[]): void {
  const failed = windows.filter((window) => window.outcome === 'failed');
  if (failed.length === 0) return;
  const what = failed.map(({ resource, error }) => `${resource}: ${error}`).join('\n');
  throw new CatchwaterError(
    `${failed.length} of ${windows.length} windows of ${scheduledAt} failed\n${what}`,
    {
      cause: failed[0]?.cause,
    },
  );
}
