import type { FetchItem, LoadItem } from '../pipeline/ledger/items.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';
import { readLoad } from '../pipeline/ledger/load.ts';
import { readWindow } from '../pipeline/ledger/window.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';
import type { Cycle } from './follow-cycle.ts';
import { readObjects, slice } from './read-cycle.ts';

/** When the first of the resources is due again; undefined when one has never been fetched, or has no `every`. */
export async function untilDue({ resources }: CompiledSource, ledger: Ledger): Promise<Date | undefined> {
  const times: number[] = [];
  for (const { name, every_ms } of resources) {
    const last = await lastCommitted(ledger, name);
    if (last === undefined || every_ms === undefined) return undefined;
    times.push(Date.parse(last) + every_ms);
  }
  return new Date(Math.min(...times));
}

/** The newest windows that are committed, and the loads that took them. */
export async function lastCycle(resources: readonly string[], ledger: Ledger): Promise<Cycle> {
  const fetches: FetchItem[] = [];
  for (const resource of resources) {
    const scheduledAt = await lastCommitted(ledger, resource);
    if (scheduledAt === undefined) continue;
    const { fetch } = await readWindow(ledger, { resource, slice, scheduledAt });
    if (fetch) fetches.push(fetch);
  }
  const keys = fetches.flatMap(({ objects = [] }) => objects.map(({ key }) => key));
  const objects = await readObjects(ledger, keys);
  const ids = [...new Set(objects.flatMap(({ load }) => load ?? []))].toSorted();
  const loads = (await Promise.all(ids.map((id) => readLoad(ledger, id)))).filter(
    (load): load is LoadItem => !!load,
  );
  const scheduledAt =
    fetches
      .map((fetch) => fetch.scheduled_at)
      .toSorted()
      .at(-1) ?? '';
  return { scheduledAt, fetches, failed: [], loads };
}

async function lastCommitted(ledger: Ledger, resource: string): Promise<string | undefined> {
  const { window } = await readWindow(ledger, { resource, slice, scheduledAt: '' });
  return window?.last_committed_at;
}
