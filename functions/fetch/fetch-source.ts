import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { FetchDeps } from './deps.ts';
import { fetchWindow, type WindowOutcome } from './fetch-window.ts';
import { createLimit } from './limit-requests.ts';
import type { FetchEvent } from './read-event.ts';

export interface FetchResult {
  scheduledAt: string;
  windows: WindowOutcome[];
}

/** Side by side, so that one slow endpoint does not use up the time of the others. */
const resourcesAtOnce = 8;

/**
 * Fetches every resource that is due, each on its own: what went well is committed. Throws afterwards when one failed, so
 * that Lambda counts an error, tries again, and the alarm sees it.
 */
export async function fetchSource(
  source: CompiledSource,
  { scheduledAt, resources }: FetchEvent,
  deps: FetchDeps,
): Promise<FetchResult> {
  const { client } = source;
  const chosen = source.resources.filter(({ name }) => resources?.includes(name) ?? true);
  const limit = createLimit(client.concurrency);
  const outcomes = new Map<string, WindowOutcome>();
  await inParallel(chosen, resourcesAtOnce, async (resource) => {
    outcomes.set(resource.name, await fetchWindow({ client, resource, scheduledAt }, limit, deps));
  });
  const windows = chosen.flatMap(({ name }) => outcomes.get(name) ?? []);
  throwFailures(scheduledAt, windows);
  return { scheduledAt, windows };
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
