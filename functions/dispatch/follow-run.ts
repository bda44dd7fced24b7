import type { JobRun } from '@aws-sdk/client-glue';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readRun, stopRun } from './glue-run.ts';

export type RunOutcome = 'under way' | 'succeeded' | { died: string };

/** Everything else (STARTING, RUNNING, STOPPING, WAITING, what AWS may add) still runs, or may. */
const over = ['SUCCEEDED', 'FAILED', 'ERROR', 'TIMEOUT', 'STOPPED', 'EXPIRED'];

/** Glue ends a run at its time limit; this long after it, something is wrong and the run is stopped by us. */
const graceMs = 15 * 60_000;
/** A run that has just been started may not be shown yet. */
const unseenMs = 10 * 60_000;

/** How the run of a started load stands. A run is never given up while it may be writing: it is stopped and waited for. */
export async function followRun(
  load: LoadItem,
  settings: DispatchSettings,
  deps: Pick<DispatchDeps, 'glue' | 'now'>,
): Promise<RunOutcome> {
  const jobRunId = load.job_run_id ?? '';
  const run = await readRun(jobRunId, settings, deps);
  const now = deps.now().getTime();
  if (!run) {
    if (now - Date.parse(load.started_at ?? load.created_at) < unseenMs) return 'under way';
    if (await stopRun(jobRunId, settings, deps)) return 'under way';
    return { died: `Glue does not know the run ${jobRunId} any more` };
  }
  const state = run.JobRunState ?? '';
  if (state === 'SUCCEEDED') return 'succeeded';
  if (over.includes(state)) {
    return { died: `Glue run ${jobRunId} is ${state}: ${run.ErrorMessage ?? 'Glue gives no reason'}` };
  }
  if (isOverdue(run, now) && state !== 'STOPPING') await stopRun(jobRunId, settings, deps);
  return 'under way';
}

function isOverdue({ StartedOn, Timeout }: JobRun, now: number): boolean {
  if (!StartedOn || Timeout === undefined) return false;
  return now - StartedOn.getTime() > Timeout * 60_000 + graceMs;
}
