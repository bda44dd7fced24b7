/**
 * Follows one beat of the schedule through the pipeline: the fetches of one scheduled time, then the loads that took
 * their objects. It only reads: ledger and Glue say how far things are.
 */
import { GetJobRunCommand, type GetJobRunCommandOutput } from '@aws-sdk/client-glue';
import type { FetchItem, LoadItem } from '../pipeline/ledger/items.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';
import { readWindow } from '../pipeline/ledger/window.ts';
import { StalledError } from './errors.ts';
import { bytes, count } from '../deploy/figures.ts';
import { loadsSince, nextFetch, readObjects, slice } from './read-cycle.ts';
import { clock, type Talk } from './talk.ts';

export interface FollowDeps {
  ledger: Ledger;
  glue: { send(command: GetJobRunCommand): Promise<GetJobRunCommandOutput> };
  jobName: string;
  /** Names of the source's resources. */
  resources: string[];
  talk: Talk;
  now: () => Date;
  /** Between two looks; throws when the user has interrupted. */
  pause: () => Promise<void>;
  /** How long the schedule may take to fire. */
  beatMs: number;
}

export interface Cycle {
  scheduledAt: string;
  /** Committed ones. */
  fetches: FetchItem[];
  failed: FetchItem[];
  /** Closed ones, oldest first. */
  loads: LoadItem[];
}

const minute = 60_000;
/** The dispatcher is woken some seconds after the objects, at the latest by its tick. */
const patience = { fetch: 16 * minute, dispatch: 3 * minute, load: 20 * minute };

/** The next beat after this scheduled time. */
export async function followCycle(after: string, deps: FollowDeps): Promise<Cycle> {
  const first = await poll('schedule', deps.beatMs, deps, async () => {
    const found = await Promise.all(deps.resources.map((name) => nextFetch(deps.ledger, name, after)));
    const times = found.flatMap((item) => item?.scheduled_at ?? []).toSorted();
    return times[0] ?? { waiting: 'waiting for the schedule to fire' };
  });
  deps.talk.say('schedule', `fired for ${clock(new Date(first))} UTC`);
  const fetches = await followFetches(first, deps);
  const failed = fetches.filter((item) => item.state === 'failed');
  const committed = fetches.filter((item) => item.state === 'committed');
  for (const item of committed) deps.talk.say('fetch', describeFetch(item));
  for (const item of failed)
    deps.talk.warn('fetch', `${item.resource} failed: ${item.error ?? 'no reason given'}`);
  const loads = await followLoads(committed, deps);
  return { scheduledAt: first, fetches: committed, failed, loads };
}

function describeFetch({ resource, requests = 0, objects = [], bytes: size = 0 }: FetchItem): string {
  return `${resource}: ${count(requests, 'request')} → ${count(objects.length, 'raw object')}, ${bytes(size)} gzipped`;
}

/** All windows of the scheduled time, once none is being fetched and no other has appeared for a while. */
async function followFetches(scheduledAt: string, deps: FollowDeps): Promise<FetchItem[]> {
  const settlesMs = 2000;
  let seen = { text: '', at: deps.now().getTime() };
  return poll('fetch', patience.fetch, deps, async () => {
    const states = await Promise.all(
      deps.resources.map((resource) => readWindow(deps.ledger, { resource, slice, scheduledAt })),
    );
    const fetches = states.flatMap(({ fetch }) => fetch ?? []);
    const text = fetches.map((item) => `${item.resource} ${item.state}`).join();
    if (text !== seen.text) seen = { text, at: deps.now().getTime() };
    const open = fetches.filter((item) => item.state === 'fetching').map((item) => item.resource);
    if (open.length > 0) return { waiting: `fetching ${open.join(', ')}` };
    const all = fetches.length === deps.resources.length;
    const quiet = deps.now().getTime() - seen.at >= settlesMs;
    return all || quiet ? fetches : { waiting: 'fetching' };
  });
}

/** A dispatcher that has lost this many loads waits longer and longer before it tries again. */
const loadsGivenUp = 3;

/** Until every object of the windows is in a load that is closed. */
async function followLoads(fetches: FetchItem[], deps: FollowDeps): Promise<LoadItem[]> {
  const keys = fetches.flatMap(({ objects = [] }) => objects.map(({ key }) => key));
  const [first] = keys;
  if (first === undefined) return [];
  const since = fetches.map((item) => item.started_at).toSorted()[0] ?? '';
  await poll('dispatch', patience.dispatch, deps, async () => {
    const objects = await readObjects(deps.ledger, keys);
    const missing = keys.length - objects.length;
    return (
      missing === 0 || { waiting: `waiting for the dispatcher to register ${count(missing, 'raw object')}` }
    );
  });
  const announce = announceLoads(deps);
  return poll('load', patience.load, deps, async () => {
    const loads = await loadsSince(deps.ledger, since);
    const doing = await announce(loads);
    const failed = loads.filter(({ state }) => state === 'failed');
    if (failed.length >= loadsGivenUp) {
      throw new StalledError(
        'load',
        `${failed.length} loads in a row failed, the last one: ${failed.at(-1)?.error ?? ''}`,
      );
    }
    const objects = await readObjects(deps.ledger, keys);
    const ids = new Set(objects.flatMap(({ load }) => load ?? []));
    const settled = objects.every(({ state }) => state !== 'pending');
    const ours = loads.filter(({ load }) => ids.has(load));
    const closed = ours.length === ids.size && ours.every(({ state }) => state === 'closed');
    return settled && closed ? ours : { waiting: doing };
  });
}

/** Says each change of a load once; answers what is going on. */
function announceLoads({ talk, glue, jobName }: FollowDeps): (loads: LoadItem[]) => Promise<string> {
  const said = new Set<string>();
  const once = (id: string, say: () => void) => {
    if (said.has(id)) return;
    said.add(id);
    say();
  };
  return async (loads) => {
    let doing = 'waiting for the dispatcher to start a load';
    for (const item of loads) {
      const { load, state, job_run_id: run, receipt } = item;
      once(`${load} made`, () =>
        talk.say('load', `${load}: ${count(item.objects, 'raw object')}, ${bytes(item.bytes)}`),
      );
      if (state === 'failed')
        once(`${load} failed`, () => talk.warn('load', `${load} failed: ${item.error ?? ''}`));
      // A failed load has one, too, where it did not balance.
      if (receipt && state !== 'failed')
        once(`${load} committed`, () => talk.say('load', `${load} committed, the catalog is up to date`));
      if (state !== 'started' || run === undefined) continue;
      const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: jobName, RunId: run }));
      const jobState = JobRun?.JobRunState ?? 'UNKNOWN';
      const time = `after ${JobRun?.ExecutionTime ?? 0} s`;
      if (jobState === 'RUNNING')
        once(`${run} RUNNING`, () => talk.say('glue', `job ${jobName} runs as ${run}`));
      else if (jobState === 'SUCCEEDED')
        once(`${run} ended`, () => talk.say('glue', `run SUCCEEDED ${time}`));
      else if (/FAILED|STOPPED|TIMEOUT|ERROR/.test(jobState)) {
        once(`${run} ended`, () =>
          talk.warn('glue', `run ${jobState} ${time}: ${JobRun?.ErrorMessage ?? ''}`),
        );
      }
      doing = jobState === 'RUNNING' ? 'the job is running' : `the Glue run is ${jobState}`;
    }
    return doing;
  };
}

/** Looks again and again until there is an answer that is not `waiting`. */
async function poll<Answer>(
  step: string,
  patienceMs: number,
  { talk, now, pause }: FollowDeps,
  look: () => Promise<Answer | { waiting: string }>,
): Promise<Answer> {
  const began = now().getTime();
  for (;;) {
    const answer = await look();
    if (!isWaiting(answer)) return answer;
    const waited = now().getTime() - began;
    if (waited > patienceMs) {
      throw new StalledError(
        step,
        `stalled at the step '${step}' for ${Math.round(waited / 1000)} s: ${answer.waiting}`,
      );
    }
    talk.waiting(`${answer.waiting} … ${Math.round(waited / 1000)} s`);
    await pause();
  }
}

function isWaiting(answer: unknown): answer is { waiting: string } {
  return typeof answer === 'object' && answer !== null && 'waiting' in answer;
}
