import { makeReceipt } from '../pipeline/receipt.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';
import { StalledError } from './errors.ts';
import { followCycle, type Cycle, type FollowDeps } from './follow-cycle.ts';
import { lastCycle, untilDue } from './last-cycle.ts';
import { receiptLine } from './print-cycle.ts';
import type { Talk } from './talk.ts';

interface First {
  source: CompiledSource;
  /** Earlier beats are none of this run's. */
  since: Date;
  once: boolean;
}

/** The fetcher's own retries are over by then. */
const failedBeatsGivenUp = 2;

/** The first beat that brings data; the last one there was, where the source says that it is too early for another. */
export async function firstCycle({ source, since, once }: First, deps: FollowDeps): Promise<Cycle> {
  const due = await untilDue(source, deps.ledger);
  if (due && due.getTime() > deps.now().getTime() + deps.beatMs) {
    const time = due.toISOString().slice(0, 16);
    deps.talk.say(
      'schedule',
      `nothing is due before ${time} UTC (\`every\` in the source): this is the last load`,
    );
    return lastCycle(deps.resources, deps.ledger);
  }
  let after = since.toISOString();
  for (let failed = 1; ; failed += 1) {
    const cycle = await followCycle(after, deps);
    if (cycle.fetches.length > 0) return cycle;
    const reason = cycle.failed[0]?.error ?? 'no reason given';
    if (once && failed >= failedBeatsGivenUp) {
      throw new StalledError('fetch', `${failed} beats in a row fetched nothing: ${reason}`);
    }
    after = cycle.scheduledAt;
  }
}

/** One line for each further beat, until it is interrupted. What goes wrong is told, and the next beat awaited. */
export async function followOn(scheduledAt: string, deps: FollowDeps): Promise<never> {
  const quiet: Talk = { ...deps.talk, say: () => undefined };
  for (let after = scheduledAt; ;) {
    try {
      // A laptop sleeps, a source has pauses: it is never too late for the next beat.
      const cycle = await followCycle(after, { ...deps, talk: quiet, beatMs: Infinity });
      after = cycle.scheduledAt;
      if (cycle.fetches.length > 0) deps.talk.say('cycle', describe(cycle));
    } catch (error) {
      if (!(error instanceof StalledError)) throw error;
      deps.talk.warn(error.step, error.message);
      after = deps.now().toISOString();
    }
  }
}

function describe({ loads }: Cycle): string {
  const receipts = loads.flatMap(({ receipt }) => receipt ?? []);
  const faults = receipts.flatMap((receipt) => receipt.faults);
  return receiptLine(makeReceipt(receipts, faults));
}
