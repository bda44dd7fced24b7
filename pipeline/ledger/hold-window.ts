/** The steps of a window's life as the fetcher takes them: each repeats its write while only the race is lost. */
import { CatchwaterError } from '../errors.ts';
import { decideWindow } from './decide-window.ts';
import type { Ledger } from './ledger.ts';
import {
  nameHolder,
  readWindow,
  writeCommitted,
  writeFailed,
  writeTaken,
  type Holder,
  type TakenWindow,
  type WindowId,
  type WindowResult,
} from './window.ts';

export interface HoldDeps {
  ledger: Ledger;
  now: () => Date;
  /** A short random pause before a write is repeated. */
  pause: () => Promise<void>;
}

/** Another transaction may have the same items in hand, without ours being wrong: so a lost race is looked at again. */
const tries = 5;

export interface SkippedWindow {
  reason: string;
  retry: boolean;
}

/** Takes the window, or says why not. */
export async function takeWindow(
  id: WindowId,
  { everyMs, holder, leaseMs }: { everyMs: number | undefined; holder: Holder; leaseMs: number },
  { ledger, now, pause }: HoldDeps,
): Promise<TakenWindow | SkippedWindow> {
  for (let number = 0; number < tries; number += 1) {
    if (number > 0) await pause();
    const state = await readWindow(ledger, id);
    const time = now();
    const decision = decideWindow(state, { id, everyMs, request: holder.request, now: time });
    if (!decision.take) return decision;
    const taken = { ...id, holder: nameHolder(holder), attempt: decision.attempt };
    const heldUntil = new Date(time.getTime() + leaseMs);
    if (await writeTaken(ledger, taken, { now: time, heldUntil, from: decision.from })) return taken;
  }
  return { reason: 'other invocations were quicker each time', retry: true };
}

/** Commits the window. False: another invocation has taken it over, so that nothing of this one counts. */
export async function commitWindow(
  taken: TakenWindow,
  result: WindowResult,
  { ledger, now, pause }: HoldDeps,
): Promise<boolean> {
  for (let number = 0; number < tries; number += 1) {
    if (number > 0) await pause();
    try {
      if (await writeCommitted(ledger, taken, { result, now: now() })) return true;
    } catch (error) {
      // The answer may be lost and the commit made all the same: the ledger knows.
      if (await isCommitted(ledger, taken).catch(() => false)) return true;
      throw error;
    }
    if (await isCommitted(ledger, taken)) return true;
    if (!(await isHeld(ledger, taken))) return false;
  }
  throw new CatchwaterError(
    `the window ${taken.resource} of ${taken.scheduledAt} could not be committed: its ledger items were busy ${tries} times in a row`,
  );
}

/** Gives the window back. It may be in other hands by now, which is as good. */
export async function failWindow(taken: TakenWindow, error: string, deps: HoldDeps): Promise<void> {
  for (let number = 0; number < tries; number += 1) {
    if (number > 0) await deps.pause();
    if (await writeFailed(deps.ledger, taken, { error, now: deps.now() })) return;
    if (!(await isHeld(deps.ledger, taken))) return;
  }
}

async function isHeld(ledger: Ledger, taken: TakenWindow): Promise<boolean> {
  return (await readWindow(ledger, taken)).window?.holder === taken.holder;
}

async function isCommitted(ledger: Ledger, taken: TakenWindow): Promise<boolean> {
  const { fetch } = await readWindow(ledger, taken);
  return fetch?.state === 'committed' && fetch.attempt === taken.attempt;
}
