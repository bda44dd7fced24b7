import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import { commitWindow, failWindow, takeWindow, type HoldDeps } from '../../pipeline/ledger/hold-window.ts';
import type { TakenWindow, WindowResult } from '../../pipeline/ledger/window.ts';
import type { Client, CompiledResource } from '../../pipeline/source/source.ts';
import type { FetchDeps } from './deps.ts';
import { fetchSlice } from './fetch-slice.ts';
import { landLines } from './land-lines.ts';
import type { Limit } from './limit-requests.ts';

export interface WindowTask {
  client: Client;
  resource: CompiledResource;
  scheduledAt: string;
}

export type WindowOutcome = { resource: string } & (
  | {
      outcome: 'committed';
      attempt: number;
      objects: number;
      requests: number;
      responses: number;
      bytes: number;
    }
  /** Nothing to do, and nothing wrong. */
  | { outcome: 'skipped'; reason: string }
  | { outcome: 'failed'; attempt?: number; error: string; cause: Error }
);

/** One window for all slices: small objects are what an engine pays for. */
const slice = 'all';
/** Kept free before the end of the invocation: to close and store the last object, and to commit. */
const reserveMs = 10_000;
/** The lease outlives the invocation by this much: clocks differ. */
const leaseMarginMs = 10_000;
const longestError = 1_000;

/** Takes the window of one resource, fetches and lands all of its slices, and commits it. Never throws. */
export async function fetchWindow(task: WindowTask, limit: Limit, deps: FetchDeps): Promise<WindowOutcome> {
  const id = { resource: task.resource.name, slice, scheduledAt: task.scheduledAt };
  const hold: HoldDeps = { ...deps, pause: () => deps.sleep(20 + deps.random() * 180) };
  let taken: TakenWindow | undefined;
  try {
    const everyMs = task.resource.every_ms;
    const leaseMs = deps.remainingMs() + leaseMarginMs;
    const answer = await takeWindow(id, { everyMs, holder: deps.holder, leaseMs }, hold);
    if ('reason' in answer) {
      if (answer.retry) throw new CatchwaterError(answer.reason);
      return skip(id, answer.reason, deps);
    }
    taken = answer;
    const result = await landWindow(task, { taken, limit, deps });
    if (!(await commitWindow(taken, result, hold)))
      return skip(id, 'another invocation has taken it over', deps);
    return succeed(taken, result, deps);
  } catch (cause) {
    return await fail({ id, taken, cause, hold }, deps);
  }
}

interface LandWindow {
  taken: TakenWindow;
  limit: Limit;
  deps: FetchDeps;
}

async function landWindow(task: WindowTask, { taken, limit, deps }: LandWindow): Promise<WindowResult> {
  const landing = landLines(taken, deps);
  const failed = new AbortController();
  let requests = 0;
  let responses = 0;
  const sliceDeps = {
    ...deps,
    limit,
    signal: failed.signal,
    timeLeftMs: () => deps.remainingMs() - reserveMs,
    land: (lines: Iterable<Buffer>) => landing.write(lines),
    send: (...sent: Parameters<typeof deps.send>) => {
      requests += 1;
      return deps.send(...sent);
    },
  };
  try {
    await inParallel(task.resource.slices, task.client.concurrency, async (element) => {
      try {
        await fetchSlice({ ...task, slice: element }, sliceDeps);
        responses += 1;
      } catch (error) {
        // The window cannot be whole any more: nothing else of it is asked for.
        failed.abort(error);
        throw error;
      }
    });
    return { objects: await landing.finish(), requests, responses };
  } catch (error) {
    await landing.abort();
    throw error;
  }
}

interface WindowName {
  resource: string;
  slice: string;
  scheduledAt: string;
}

function succeed(taken: TakenWindow, result: WindowResult, { log }: FetchDeps): WindowOutcome {
  const { resource, scheduledAt, attempt } = taken;
  const { requests, responses } = result;
  const objects = result.objects.length;
  const bytes = result.objects.reduce((sum, object) => sum + object.bytes, 0);
  log('window committed', { resource, slice, scheduledAt, attempt, objects, requests, responses, bytes });
  return { resource, outcome: 'committed', attempt, objects, requests, responses, bytes };
}

function skip(id: WindowName, reason: string, { log }: FetchDeps): WindowOutcome {
  log('window skipped', { ...id, reason });
  return { resource: id.resource, outcome: 'skipped', reason };
}

interface Failure {
  id: WindowName;
  taken: TakenWindow | undefined;
  cause: unknown;
  hold: HoldDeps;
}

async function fail({ id, taken, cause, hold }: Failure, deps: FetchDeps): Promise<WindowOutcome> {
  const attempt = taken && { attempt: taken.attempt };
  let error = describe(cause, deps);
  try {
    if (taken) await failWindow(taken, error, hold);
  } catch (second) {
    // The lease ends by itself; the first error is the one that matters.
    error = `${error}; and the window could not be given back: ${describe(second, deps)}`;
  }
  deps.log('window failed', { ...id, ...attempt, error }, 'ERROR');
  return { resource: id.resource, outcome: 'failed', ...attempt, error, cause: deps.mask.maskError(cause) };
}

function describe(error: unknown, { mask }: FetchDeps): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return mask.mask(text).slice(0, longestError);
}
