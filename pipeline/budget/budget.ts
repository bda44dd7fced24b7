import { ConfigError } from '../errors.ts';
import type { ApiBudget } from '../source/source.ts';
import { giveBack, learnLeft, spend, spendAnyway, type BudgetRecord, type Grant } from './budget-record.ts';
import type { BudgetStore, VersionedRecord } from './budget-store.ts';

export interface Budget {
  /**
   * 0: so much is spent, for a request that is sent now. Otherwise nothing is spent, and the milliseconds are how long it
   * takes until it may go well.
   */
  take(weight: number): Promise<number>;
  /** Counts what is sent in any case, as it belongs to a request that was let through: later ones wait for it. */
  charge(weight: number): Promise<void>;
  /** What a response has said. */
  learn(facts: LearntFacts): Promise<void>;
  /** Gives back what was taken in advance and not used: at the end of the invocation. */
  release(): Promise<void>;
}

export interface LearntFacts {
  /** No call before. */
  notBefore?: Date | undefined;
  /** What is left, until when. */
  remaining?: number | undefined;
  resetAt?: Date | undefined;
}

export interface BudgetDeps {
  store: BudgetStore;
  now: () => Date;
  /** Backfills leave the budget's reserve to live fetches. */
  kind: 'live' | 'backfill';
}

/** Taken at once, so that not every request writes: this many, or this part of the smallest limit. */
const blockSize = 10;
const blockPart = 0.05;
/** Each lost race is another's success; after these the caller does the waiting. */
const tries = 10;
const busyMs = 200;

export function createBudget(budget: ApiBudget, { store, now, kind }: BudgetDeps): Budget {
  const { name, policies } = budget;
  const reserve = kind === 'backfill' ? budget.reserve : 0;
  const smallest = Math.min(...policies.map(({ limit }) => limit));
  const block = Math.min(blockSize, smallest * blockPart);
  const clock = (): number => now().getTime();
  /** As it was seen last; whoever writes on it unseen changes loses the race and reads. */
  let seen: VersionedRecord | undefined;
  let held: Grant | undefined;
  let notBefore = 0;

  const replace = async (record: BudgetRecord): Promise<boolean> => {
    const { version } = seen as VersionedRecord;
    const written = await store.write(name, { record, version });
    seen = written ? { record, version: version + 1 } : undefined;
    return written;
  };

  /** Undefined: spent, and held now. */
  const draw = async (need: number): Promise<number | undefined> => {
    const isFresh = seen === undefined;
    seen ??= await store.read(name);
    const before = held ? giveBack(seen.record, held) : seen.record;
    const wish = { policies, reserve, need, wanted: Math.max(need, block), now: clock() };
    const answer = spend(before, wish);
    if ('grant' in answer) {
      if (await replace(answer.record)) held = answer.grant;
      return undefined;
    }
    if (isFresh) return answer.waitMs;
    // Others may have given back since.
    seen = undefined;
    return draw(need);
  };

  const take = async (weight: number): Promise<number> => {
    refuseImpossible(budget, weight, reserve);
    for (let number = 0; number < tries; number += 1) {
      const time = clock();
      if (time < notBefore) return notBefore - time;
      // What is held was counted in a window; it is no good after that, even if only the answer has taken so long.
      if (held && time < held.until && weight <= held.amount) {
        held = { ...held, amount: held.amount - weight };
        return 0;
      }
      const waitMs = await draw(weight);
      if (waitMs !== undefined) return waitMs;
    }
    return busyMs;
  };

  /** `change` answers nothing where the record is right as it is. What is written, if anything. */
  const update = async (
    change: (record: BudgetRecord) => BudgetRecord | undefined,
  ): Promise<BudgetRecord | undefined> => {
    for (let number = 0; number < tries; number += 1) {
      seen ??= await store.read(name);
      const record = change(seen.record);
      if (!record || (await replace(record))) return record;
    }
    return undefined;
  };

  const charge = async (weight: number): Promise<void> => {
    if ((await take(weight)) > 0)
      await update((record) => spendAnyway(record, { policies, weight, now: clock() }));
  };

  const learn = async (facts: LearntFacts): Promise<void> => {
    const time = clock();
    const until = facts.notBefore?.getTime() ?? 0;
    if (until > time) {
      await update((record) => {
        notBefore = Math.max(until, record.not_before ?? 0);
        return notBefore === record.not_before ? undefined : { ...record, not_before: notBefore };
      });
    }
    const { remaining } = facts;
    if (remaining === undefined) return;
    const shortest = Math.min(60_000, ...policies.map(({ per_ms }) => per_ms));
    const reset = facts.resetAt?.getTime() ?? time + shortest;
    if (reset <= time) return;
    // What is held in advance the API knows nothing of: it is a part of what is left.
    const kept = Math.min(held?.amount ?? 0, remaining);
    if (held) held = { ...held, amount: kept };
    const left = { left: remaining - kept, until: reset, now: time, policies, slack: block };
    const learnt = (await update((record) => learnLeft(record, left)))?.learnt;
    if (held && learnt) held = { ...held, learntAt: learnt.at };
  };

  const release = async (): Promise<void> => {
    if (!held || held.amount === 0) return;
    const unused = held;
    held = undefined;
    await update((record) => giveBack(record, unused));
  };

  // One after another: what one holds, another one must not hold too.
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = tail.then(work);
    tail = turn.catch(() => undefined);
    return turn;
  };
  return {
    take: (weight) => inTurn(() => take(weight)),
    charge: (weight) => inTurn(() => charge(weight)),
    learn: (facts) => inTurn(() => learn(facts)),
    release: () => inTurn(release),
  };
}

/** No wait makes room for a request that is larger than a whole window. */
function refuseImpossible({ name, policies }: ApiBudget, weight: number, reserve: number): void {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new ConfigError(`api_budget '${name}': a request cannot weigh ${weight}; see its weight`);
  }
  const broken = policies.find(({ limit }) => weight > limit * (1 - reserve) + 1e-9);
  if (!broken) return;
  const of =
    reserve > 0
      ? `${broken.limit}, of which ${reserve * 100} % are reserved for live fetches,`
      : `${broken.limit}`;
  throw new ConfigError(
    `api_budget '${name}': one request weighs ${weight}, more than the limit of ${of} for ${broken.per_ms / 1000} s; ask for less at once (a smaller group or step)`,
  );
}
