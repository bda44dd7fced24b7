/** The steps of a window's life as the fetcher takes them: each repeats its write while only the race is lost. */
import { CatchwaterError } from '../errors.ts';
import { decideWindow, mostResumes } from './decide-window.ts';
import type { FetchItem } from './items.ts';
import type { Ledger } from './ledger.ts';
import { unpack } from './pack.ts';
import { readState } from './resource-state.ts';
import {
  nameHolder,
  readWindow,
  type Failure,
  type Holder,
  type Pause,
  type TakenWindow,
  type WindowId,
  type WindowResult,
  type WindowState,
} from './window.ts';
import { writeCommitted, writeFailed, writeFollower, writePaused, writeTaken } from './write-window.ts';

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

/**
 * Takes the window, or says why not. A paused one comes first: it is taken in its place, under its own scheduled time and
 * with `resume`; after its commit the window that was asked for may be taken.
 */
export async function takeWindow(
  id: WindowId,
  { everyMs, holder, leaseMs }: { everyMs: number | undefined; holder: Holder; leaseMs: number },
  { ledger, now, pause }: HoldDeps,
): Promise<TakenWindow | SkippedWindow> {
  for (let number = 0; number < tries; number += 1) {
    if (number > 0) await pause();
    const next = await readNext(ledger, id);
    const time = now();
    const options = { id: next.id, asked: id.scheduledAt, everyMs, request: holder.request, now: time };
    const decision = decideWindow(next.state, options);
    if (!decision.take) {
      const { reason, after } = decision;
      if (after === undefined) return decision;
      if (await writeFollower(ledger, id, after))
        return { reason: `${reason}; this one follows it`, retry: false };
      continue;
    }
    const { attempt, from, resume } = decision;
    const position = resume !== undefined && next.state.fetch?.position;
    const taken: TakenWindow = {
      ...next.id,
      holder: nameHolder(holder),
      attempt,
      ...(resume !== undefined && position && { resume: { position: unpack(position), number: resume } }),
    };
    const heldUntil = new Date(time.getTime() + leaseMs);
    if (await writeTaken(ledger, taken, { now: time, heldUntil, from })) return taken;
  }
  return { reason: 'other invocations were quicker each time', retry: true };
}

/** The newest scheduled time that came while the window was held, if it has not been fetched since. */
export async function readFollower(ledger: Ledger, id: WindowId): Promise<string | undefined> {
  const { followed_by: next, last_committed_at: last = '' } = (await readWindow(ledger, id)).window ?? {};
  return next !== undefined && next > last ? next : undefined;
}

/**
 * Commits the window. False: another invocation has taken it over, so that nothing of this one counts. Throws when the
 * resource's state was changed meanwhile: what was fetched does not follow from it.
 */
export async function commitWindow(
  taken: TakenWindow,
  result: WindowResult,
  deps: HoldDeps,
): Promise<boolean> {
  const { ledger, now } = deps;
  const committed = await endWindow(taken, 'committed', deps, async () => {
    if (await writeCommitted(ledger, taken, { result, now: now() })) return true;
    if (result.state) await checkState(ledger, taken, result.state.version);
    return false;
  });
  if (committed !== undefined) return committed;
  throw new CatchwaterError(
    `the window ${taken.resource} of ${taken.scheduledAt} could not be committed: its ledger items were busy ${tries} times in a row`,
  );
}

/**
 * Gives the window back for another invocation to go on with. False: another one has taken it over, or the items stay
 * busy; then it goes on from the position before.
 */
export async function pauseWindow(taken: TakenWindow, pause: Pause, deps: HoldDeps): Promise<boolean> {
  const write = () => writePaused(deps.ledger, taken, { pause, now: deps.now() });
  return (await endWindow(taken, 'paused', deps, write)) ?? false;
}

/** Gives the window back. It may be in other hands by now, which is as good. */
export async function failWindow(taken: TakenWindow, failure: Failure, deps: HoldDeps): Promise<void> {
  const { ledger, now } = deps;
  const goesOn =
    failure.transient === true &&
    (failure.position !== undefined || taken.resume !== undefined) &&
    (taken.resume?.number ?? 0) < mostResumes;
  await endWindow(taken, goesOn ? 'paused' : 'failed', deps, () =>
    goesOn
      ? writePaused(ledger, taken, { pause: failure, now: now() })
      : writeFailed(ledger, taken, { error: failure.error, now: now() }),
  );
}

/**
 * Ends the attempt in `state`. True: it has ended so; false: the window is in other hands; undefined: the items stay busy.
 */
async function endWindow(
  taken: TakenWindow,
  state: FetchItem['state'],
  { ledger, pause }: HoldDeps,
  write: () => Promise<boolean>,
): Promise<boolean | undefined> {
  for (let number = 0; number < tries; number += 1) {
    if (number > 0) await pause();
    try {
      if (await write()) return true;
    } catch (error) {
      // The answer may be lost and the write made all the same: the ledger knows.
      if (await hasEnded(ledger, taken, state).catch(() => false)) return true;
      throw error;
    }
    if (await hasEnded(ledger, taken, state)) return true;
    if (!(await isHeld(ledger, taken))) return false;
  }
  return undefined;
}

async function hasEnded(ledger: Ledger, taken: TakenWindow, state: FetchItem['state']): Promise<boolean> {
  const { fetch } = await readWindow(ledger, taken);
  return fetch?.state === state && fetch.attempt === taken.attempt;
}

/** Throws when it is the state, and not a lost lease, that stands in the way. */
async function checkState(ledger: Ledger, taken: TakenWindow, seen: number): Promise<void> {
  const { version } = await readState(ledger, taken.resource);
  if (version === seen || !(await isHeld(ledger, taken))) return;
  throw new CatchwaterError(
    `the state of ${taken.resource} was changed while it was fetched (version ${seen}, now ${version}); the next fetch starts from what it is now`,
  );
}

async function isHeld(ledger: Ledger, taken: TakenWindow): Promise<boolean> {
  return (await readWindow(ledger, taken)).window?.holder === taken.holder;
}

/** The paused window, or the one that was asked for. The conditions of the write hold the items together. */
async function readNext(ledger: Ledger, asked: WindowId): Promise<{ id: WindowId; state: WindowState }> {
  const state = await readWindow(ledger, asked);
  const paused = state.window?.paused;
  if (paused === undefined || paused === asked.scheduledAt) return { id: asked, state };
  const id = { ...asked, scheduledAt: paused };
  const { fetch } = await readWindow(ledger, id);
  return { id, state: { ...(state.window && { window: state.window }), ...(fetch && { fetch }) } };
}
