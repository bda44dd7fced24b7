/** Fetches and loads, as the ledger has them. Only reads. */
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { newestLoads } from '../../pipeline/ledger/list-loads.ts';
import { describeLoad, type LoadStatus } from '../status/read-loads.ts';
import { newestWindows, type RecentWindow } from '../status/recent-windows.ts';
import { fetchId } from './run-id.ts';

export interface FetchRun {
  kind: 'fetch';
  id: string;
  /** The schedule's time, by which runs are ordered. */
  at: string;
  state: RecentWindow['state'];
  resource: string;
  attempt: number;
  startedAt: string;
  endedAt?: string;
  requests: number;
  responses: number;
  unchanged: number;
  bytes: number;
  /** Slices left out, and slices that have not come up to now. */
  skipped: number;
  behind: number;
  reason?: string;
  error?: string;
}

export interface LoadRun extends Omit<LoadStatus, 'load'> {
  kind: 'load';
  id: string;
  /** When it was made. */
  at: string;
  /** Absent of loads that an earlier version has made. */
  resources?: string[];
  tables?: string[];
}

export type Run = FetchRun | LoadRun;

export interface RunFilters {
  /** Whose fetches are wanted. */
  resources: readonly string[];
  /** Loads that have taken objects of this resource, or filled this table; absent: all. */
  resource?: string | undefined;
  table?: string | undefined;
  failed: boolean;
  /** ISO 8601, UTC. */
  since?: string | undefined;
  limit: number;
}

/** Of each resource, and of loads: a filter that nothing passes must not read years. */
const mostLooked = 2000;
const width = 4;
const pageSize = 100;

/** The newest first. */
export async function listRuns(ledger: Ledger, filters: RunFilters): Promise<Run[]> {
  const runs: Run[] = [];
  await inParallel(filters.resources, width, async (resource) => {
    const fetches = describeEach(newestWindows(ledger, resource, pageSize), describeFetch);
    runs.push(...(await takeNewest(fetches, filters)));
  });
  runs.push(...(await takeNewest(describeEach(newestLoads(ledger), describeLoadRun), filters)));
  return runs
    .toSorted((one, other) => compare(other.at, one.at) || compare(other.id, one.id))
    .slice(0, filters.limit);
}

async function takeNewest(runs: AsyncIterable<Run>, filters: RunFilters): Promise<Run[]> {
  const { since = '', limit } = filters;
  const taken: Run[] = [];
  let looked = 0;
  for await (const run of runs) {
    looked += 1;
    if (run.at < since || looked > mostLooked) break;
    if (isWanted(run, filters) && taken.push(run) === limit) break;
  }
  return taken;
}

function isWanted(run: Run, { resource, table, failed }: RunFilters): boolean {
  if (failed && run.state !== 'failed') return false;
  if (run.kind === 'fetch') return true;
  return (
    (resource === undefined || run.resources?.includes(resource) === true) &&
    (table === undefined || run.tables?.includes(table) === true)
  );
}

async function* describeEach<Item>(
  items: AsyncIterable<Item>,
  describe: (item: Item) => Run,
): AsyncGenerator<Run> {
  for await (const item of items) yield describe(item);
}

export function describeFetch(window: RecentWindow): FetchRun {
  const { resource, scheduled_at: at, state, attempt, started_at: startedAt, ended_at: endedAt } = window;
  const { requests = 0, responses = 0, unchanged = 0, bytes = 0, behind = 0, reason, error } = window;
  return {
    kind: 'fetch',
    id: fetchId({ resource, scheduledAt: at }),
    at,
    state,
    resource,
    attempt,
    startedAt,
    ...(endedAt !== undefined && { endedAt }),
    requests,
    responses,
    unchanged,
    bytes,
    skipped: window.skipped_count ?? window.skipped?.length ?? 0,
    behind,
    ...(reason !== undefined && { reason }),
    ...(error !== undefined && { error }),
  };
}

export function describeLoadRun(item: LoadItem): LoadRun {
  const { load: id, ...status } = describeLoad(item);
  const { resources, tables } = item;
  return {
    kind: 'load',
    id,
    at: item.created_at,
    ...status,
    ...(resources && { resources }),
    ...(tables && { tables }),
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
