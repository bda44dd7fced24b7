import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { claimStart, markStarted } from '../../pipeline/ledger/load.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { findRun, requestRun } from './glue-run.ts';

/** Longer than a call of StartJobRun can last: the client gives it up after 20 seconds and never repeats it. */
const claimMs = 45_000;

/** Not now: another run of the job, or of the account, is still counted. A run that just ended counts for up to 45 s. */
const notNow = ['ConcurrentRunsExceededException', 'ResourceNumberLimitExceededException'];

/**
 * Starts the engine for a prepared load, once. StartJobRun has no client token, so the right to call it is claimed
 * first; when a claim has run out without a recorded run, Glue is asked for the run before anybody claims again.
 */
export async function startRun(
  load: LoadItem,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const now = deps.now();
  if (load.starting_until !== undefined) {
    const jobRunId = await findRun(load, settings, deps);
    if (jobRunId !== undefined) return recordRun(load, jobRunId, deps);
    if (load.starting_until >= now.toISOString()) return;
  }
  if (!(await claimStart(deps.ledger, load, new Date(now.getTime() + claimMs)))) return;
  try {
    const jobRunId = await requestRun(load, settings, deps);
    if (jobRunId !== undefined) await recordRun(load, jobRunId, deps);
  } catch (error) {
    if (!(error instanceof Error && notNow.includes(error.name))) throw error;
    deps.log('load waiting', { load: load.load, reason: error.name });
  }
}

async function recordRun(
  load: LoadItem,
  jobRunId: string,
  { ledger, now, log }: DispatchDeps,
): Promise<void> {
  if (!(await markStarted(ledger, load.load, jobRunId, now()))) return;
  const { load: id, engine, objects, bytes } = load;
  log('load started', { load: id, engine, objects, bytes, jobRunId });
}
