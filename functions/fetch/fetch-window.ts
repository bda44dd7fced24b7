import { isDeepStrictEqual } from 'node:util';
import { fetchResource } from '../../pipeline/fetch/fetch-resource.ts';
import { sliceKey } from '../../pipeline/fetch/slice-key.ts';
import type { Position, ResourceOutcome } from '../../pipeline/fetch/task.ts';
import { recordGap } from '../../pipeline/ledger/record-gap.ts';
import { readState } from '../../pipeline/ledger/resource-state.ts';
import type { TakenWindow, WindowResult } from '../../pipeline/ledger/window.ts';
import type { FetchDeps } from './deps.ts';
import type { WindowTask } from './fetch-windows.ts';
import { landWindow } from './land-window.ts';
import type { Invocation } from './open-invocation.ts';

export interface FetchedWindow {
  outcome: ResourceOutcome;
  /** What a commit says of it. */
  result: WindowResult;
}

/** Kept free before the end of the invocation: to close and store the last object, and to commit. */
const reserveMs = 10_000;

/** Fetches and lands a window that was taken. Nothing of it counts until it is committed. */
export async function fetchWindow(
  { resource, resources }: WindowTask,
  taken: TakenWindow,
  { invocation, deps }: { invocation: Invocation; deps: FetchDeps },
): Promise<FetchedWindow> {
  const { startedAt, budgets, ...shared } = invocation;
  const kind = resource.incremental?.end_value === undefined ? 'live' : 'backfill';
  const landing = landWindow(taken, deps);
  const { state, version } = await readState(deps.ledger, resource.name);
  const task = {
    resource,
    resources,
    scheduledAt: taken.scheduledAt,
    state,
    startedAt,
    resume: taken.resume?.position as Position | undefined,
  };
  try {
    const outcome = await fetchResource(task, {
      ...deps,
      ...shared,
      budget: budgets?.[kind],
      landing,
      timeLeftMs: () => deps.remainingMs() - reserveMs,
      signal: new AbortController().signal,
    });
    await recordGaps(outcome, taken, deps);
    const { objects, requests, responses, unchanged, skipped, skippedCount, behind } = outcome;
    const { reason, completeFrom } = outcome;
    const counts = { requests, responses, unchanged, skipped, skippedCount, behind, reason, completeFrom };
    const next = isDeepStrictEqual(outcome.state, state) ? undefined : { value: outcome.state, version };
    return { outcome, result: { objects, ...counts, state: next } };
  } catch (error) {
    await landing.abort();
    throw error;
  }
}

async function recordGaps(
  { gaps }: ResourceOutcome,
  { resource }: TakenWindow,
  deps: FetchDeps,
): Promise<void> {
  for (const { slice, from, to } of gaps) {
    const isNew = await recordGap(deps.ledger, { resource, slice: sliceKey(slice), from, to }, deps.now());
    if (isNew) deps.log('gap found', { resource, slice, from, to }, 'ERROR');
  }
}
