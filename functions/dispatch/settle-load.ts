import { CatchwaterError } from '../../pipeline/errors.ts';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { readLoad } from '../../pipeline/ledger/load.ts';
import { commitLoad, finishCommit, type Settled } from './commit-load.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { failLoad, finishFailure } from './fail-load.ts';
import { followRun } from './follow-run.ts';
import { judgeLoad } from './judge-load.ts';
import { startRun } from './start-run.ts';

/** Takes the load that holds the lease as far as it goes now. `over`: the lease is free. */
export async function settleLoad(
  id: string,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<Settled> {
  const load = await readLoad(deps.ledger, id);
  if (!load) {
    throw new CatchwaterError(
      `the lease names the load ${id}, which the ledger does not hold: someone has changed the table ${deps.ledger.table}; remove \`load\` from its item LEASE`,
    );
  }
  switch (load.state) {
    case 'prepared':
      await startRun(load, settings, deps);
      return 'under way';
    case 'started':
      return settleRun(load, settings, deps);
    case 'committed':
      return finishCommit(load, settings, deps);
    case 'failed':
      return finishFailure(load, settings, deps);
    default:
      // Closed: by another wake-up, between our reading the lease and reading the load.
      return 'over';
  }
}

async function settleRun(load: LoadItem, settings: DispatchSettings, deps: DispatchDeps): Promise<Settled> {
  const outcome = await followRun(load, settings, deps);
  if (outcome === 'under way') return outcome;
  if (outcome !== 'succeeded') return failLoad(load, { error: outcome.died }, settings, deps);
  const verdict = await judgeLoad(load, settings, deps);
  if (verdict === 'under way') return verdict;
  return 'fault' in verdict
    ? failLoad(load, verdict.fault, settings, deps)
    : commitLoad(load, verdict.sums, settings, deps);
}
