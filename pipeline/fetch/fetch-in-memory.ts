import { createMemoryLanding } from './memory-landing.ts';
import { createLimit } from './limit-requests.ts';
import { fetchResource } from './fetch-resource.ts';
import type { FetchPorts } from './ports.ts';
import type { ResourceOutcome, ResourceTask } from './task.ts';

export interface MemoryFetch {
  outcome: ResourceOutcome;
  /** The raw lines that may be committed. */
  lines: Buffer[];
}

/** Memory of one series of fetches: pass the same one to go on where a window has paused. */
export type MemoryObjects = Map<string, Buffer[]>;

/** `fetchResource` without AWS: `preview`, `test` and the conformance suite. Throws what the window failed with. */
export async function fetchInMemory(
  task: ResourceTask,
  ports: Omit<FetchPorts, 'landing' | 'limit'> & Partial<Pick<FetchPorts, 'limit'>>,
  objects: MemoryObjects = new Map(),
): Promise<MemoryFetch> {
  const landing = createMemoryLanding(objects);
  const limit = ports.limit ?? createLimit(ports.client.concurrency);
  const outcome = await fetchResource(task, { ...ports, limit, landing });
  const committed = outcome.kind === 'complete' ? outcome.objects : [];
  return { outcome, lines: committed.flatMap(({ key }) => objects.get(key) ?? []) };
}
