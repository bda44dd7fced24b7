/** Slices from the records of another resource: asked for with cursors of the child's own, nothing of it lands. */
import type { StoredCursor } from '../incremental/cursor-value.ts';
import { CatchwaterError } from '../errors.ts';
import type { CompiledResource, Slice } from '../source/source.ts';
import type { ParentRecords } from './chain-cache.ts';
import { groupSlices } from './group-slices.ts';
import { nowhere } from './nowhere.ts';
import { openRun } from './open-run.ts';
import { collectSlices, crossSlices } from './parent-slices.ts';
import { createProgress, type Progress } from './progress.ts';
import { refuseAllSkipped, runLanes } from './run-lanes.ts';
import type { Run } from './run.ts';
import { canonicalJson, shortHash } from './slice-key.ts';
import type { ResourceTask, SkippedSlice, SliceGap } from './task.ts';

export interface Parent {
  slices: Slice[];
  /** As the child's state holds them. */
  cursors: Map<string, StoredCursor>;
  /** Of the parent's own slices: then its cursors stay, so that they are asked for again. */
  skipped: SkippedSlice[];
  skippedCount: number;
  gaps: SliceGap[];
}

/** Undefined for a resource without a parent. */
export async function askParent(task: ResourceTask, run: Run): Promise<Parent | undefined> {
  const { resource } = task;
  const { parent } = resource;
  if (!parent) return undefined;
  const prefix = `parent:${parent.resource}/`;
  const state = { cursors: cursorsBelow(prefix, task.state.cursors) };
  const ask = (): Promise<ParentRecords> =>
    runParent({ ...task, resource: resourceNamed(parent.resource, task), state }, run);
  const { chains } = run.ports;
  await chains?.untilBegun(parent.resource);
  const chain = chainKey(resourceNamed(parent.resource, task), { ...task, state }, run);
  const records = await (chains ? chains.share(chain, ask) : ask());
  const { skipped, skippedCount, gaps } = records;
  return {
    slices: crossSlices(resource.slices, parent, records.values.get(resource.name)?.() ?? []),
    cursors: new Map([...records.cursors].map(([key, value]) => [`${prefix}${key}`, value])),
    skipped,
    skippedCount,
    gaps,
  };
}

/**
 * The resource is fetched for itself: its children may have its records, if all of them are seen. `settle` says whether
 * they were.
 */
export function shareRecords(task: ResourceTask, run: Run) {
  const { chains } = run.ports;
  const { name } = task.resource;
  const collectors = collectorsOf(task);
  if (!chains || collectors.size === 0 || task.resume) {
    chains?.begun(name);
    return undefined;
  }
  const { promise, resolve } = Promise.withResolvers<ParentRecords | undefined>();
  chains.offer(chainKey(task.resource, task, run), promise);
  chains.begun(name);
  return {
    onRecord: eachOf(collectors),
    settle: (isWhole: boolean, own: Progress) => resolve(isWhole ? recordsOf(collectors, own) : undefined),
  };
}

async function runParent(task: ResourceTask, run: Run): Promise<ParentRecords> {
  const { resource, state } = task;
  const collectors = collectorsOf(task);
  const progress = createProgress();
  const parentRun = openRun({
    ...run,
    // An answer that has not changed would bring no records.
    resource: { ...resource, endpoint: { ...resource.endpoint, conditional: false } },
    asker: run.asker ?? run.resource.name,
    state,
    progress,
    protect: [],
    openUnit: () => nowhere,
    onRecord: eachOf(collectors),
  });
  const grand = await askParent(task, parentRun);
  const slices = grand?.slices ?? resource.slices;
  await runLanes(
    groupSlices(resource, slices, (key) => state.cursors[key]),
    parentRun,
  );
  if (progress.stop) throw progress.stop;
  refuseAllSkipped(parentRun, slices.length);
  const records = recordsOf(collectors, progress);
  if (!grand) return records;
  // Only where nothing is missing below it may a generation move on.
  const above = grand.skippedCount + progress.skippedCount === 0 ? grand.cursors : [];
  return {
    ...records,
    cursors: new Map([...records.cursors, ...above]),
    skipped: [...grand.skipped, ...records.skipped],
    skippedCount: grand.skippedCount + records.skippedCount,
    gaps: [...grand.gaps, ...records.gaps],
  };
}

type Collectors = Map<string, ReturnType<typeof collectSlices>>;

function collectorsOf({ resource, resources }: ResourceTask): Collectors {
  return new Map(
    resources.flatMap(({ name, parent }) =>
      parent?.resource === resource.name ? [[name, collectSlices(parent)] as const] : [],
    ),
  );
}

function eachOf(collectors: Collectors): (record: unknown) => void {
  const all = [...collectors.values()];
  return (record) => {
    for (const collector of all) collector.onRecord(record);
  };
}

function recordsOf(collectors: Collectors, progress: Progress): ParentRecords {
  const { cursors, skipped, skippedCount, gaps } = progress;
  const values = [...collectors].map(([name, collector]) => [name, collector.values] as const);
  return { values: new Map(values), cursors, skipped, skippedCount, gaps };
}

/** Equal for runs that ask for the same. The windows of a complete listing have no end. */
function chainKey(
  resource: CompiledResource,
  { state, resources }: Pick<ResourceTask, 'state' | 'resources'>,
  { startedAt, isListing }: Run,
): string {
  const kind = isListing && hasWindows(resource, resources) ? 'listing ' : '';
  return `${resource.name} ${kind}${shortHash(canonicalJson(state.cursors))} ${startedAt.toISOString()}`;
}

/** Its own, or those of a parent. */
function hasWindows({ incremental, parent }: CompiledResource, resources: CompiledResource[]): boolean {
  const above = resources.find(({ name }) => name === parent?.resource);
  return incremental !== undefined || (above !== undefined && hasWindows(above, resources));
}

function cursorsBelow(prefix: string, cursors: Record<string, StoredCursor>): Record<string, StoredCursor> {
  const below = Object.entries(cursors).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(below.map(([key, value]) => [key.slice(prefix.length), value]));
}

function resourceNamed(name: string, { resources, resource: child }: ResourceTask): CompiledResource {
  const found = resources.find((resource) => resource.name === name);
  if (found) return found;
  throw new CatchwaterError(
    `for_each of ${child.name} names the resource '${name}', which the source does not have`,
  );
}
