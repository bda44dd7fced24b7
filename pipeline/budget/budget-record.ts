/**
 * What has been spent of a budget, and whether more may be. Pure: whoever stores the record (`budget-store.ts`) makes each
 * change conditional on nothing having changed since, which is all that it takes to be right among many.
 *
 * Spending is counted in buckets of time: a fixed window is one bucket, a moving one is covered by twenty and a part of
 * another. So what is spent must be used within its bucket, and a moving limit gives 20/21 of its calls at a steady pace.
 */
import type { BudgetPolicy } from '../source/source.ts';

export interface BudgetRecord {
  /** The latest time at which anyone has spent: clocks differ, and time in here never goes back. */
  at: number;
  /** `fixed/60000` or `moving/60000` → number of the bucket → what was spent in it. */
  spent: Record<string, Record<string, number>>;
  /** The API wants no call before. */
  not_before?: number;
  /** What the API has said at `at` is left until then, less what was spent since. */
  learnt?: { left: number; at: number; until: number };
}

/** Spent, and good for use until then. */
export interface Grant {
  amount: number;
  at: number;
  until: number;
  /** `learnt.at` of what it was taken from as well. */
  learntAt?: number;
}

export interface Wish {
  policies: readonly BudgetPolicy[];
  /** Part of every limit that is left to others. */
  reserve: number;
  /** Less than `need` is of no use, more than `wanted` neither. */
  need: number;
  wanted: number;
  now: number;
}

export const emptyRecord: BudgetRecord = { at: 0, spent: {} };

/** Weights are fractions; their sums are off by less. */
const rounding = 1e-9;
const bucketsInWindow = 20;
/** Of a budget without policies: others may have learnt something since. */
const longestGrantMs = 60_000;

export function spend(
  record: BudgetRecord,
  wish: Wish,
): { record: BudgetRecord; grant: Grant } | { waitMs: number } {
  const at = Math.max(wish.now, record.at);
  const current = forget(record, at);
  const waitMs = earliest(current, wish, at) - wish.now;
  if (waitMs > 0) return { waitMs: Math.max(1, Math.ceil(waitMs)) };
  const amount = Math.min(wish.wanted, Math.max(wish.need, roomIn(current, wish, at)));
  const after = countSpent(current, { policies: wish.policies, amount, at });
  const { learnt } = current;
  return {
    record: after,
    grant: {
      amount,
      at,
      until: Math.min(at + longestGrantMs, ...Object.keys(after.spent).map((key) => endOfBucket(key, at))),
      ...(learnt && { learntAt: learnt.at }),
    },
  };
}

/** Beyond the limits, too: what was sent counts. */
export function spendAnyway(
  record: BudgetRecord,
  { policies, weight, now }: Pick<Wish, 'policies' | 'now'> & { weight: number },
): BudgetRecord {
  const at = Math.max(now, record.at);
  return countSpent(forget(record, at), { policies, amount: weight, at });
}

function countSpent(
  record: BudgetRecord,
  { policies, amount, at }: Pick<Wish, 'policies'> & { amount: number; at: number },
): BudgetRecord {
  const keys = [...new Set([...Object.keys(record.spent), ...policies.map(keyOf)])];
  // Policies that only other sources have are counted too: theirs are the same calls.
  const spent = keys.map((key) => [key, add(record.spent[key], bucketAt(key, at), amount)] as const);
  const { learnt } = record;
  return {
    ...record,
    at,
    spent: Object.fromEntries(spent),
    ...(learnt && { learnt: { ...learnt, left: learnt.left - amount } }),
  };
}

/** What was not used of a grant counts no longer. */
export function giveBack(record: BudgetRecord, { amount, at, learntAt }: Grant): BudgetRecord {
  const spent = Object.entries(record.spent).map(([key, buckets]) => {
    const bucket = bucketAt(key, at);
    const left = Math.max(0, (buckets[bucket] ?? 0) - amount);
    return [key, bucket in buckets ? { ...buckets, [bucket]: left } : buckets] as const;
  });
  const { learnt } = record;
  return {
    ...record,
    spent: Object.fromEntries(spent),
    // What the API has said later was said without knowing of the grant.
    ...(learnt && learnt.at === learntAt && { learnt: { ...learnt, left: learnt.left + amount } }),
  };
}

/** What the API says is left until `until`; nothing where it is about what is known. `slack`: less than that is no news. */
export function learnLeft(
  record: BudgetRecord,
  { left, until, now, policies, slack }: LearntLeft,
): BudgetRecord | undefined {
  const at = Math.max(now, (record.learnt?.at ?? 0) + 1);
  const known = roomIn(record, { policies, reserve: 0 }, Math.max(now, record.at));
  // A write for every response would cost more than what it is good for.
  return left < known - Math.min(slack, known / 2) ? { ...record, learnt: { left, at, until } } : undefined;
}

export interface LearntLeft {
  left: number;
  until: number;
  now: number;
  policies: readonly BudgetPolicy[];
  slack: number;
}

/** What may be spent now at most; a reserve and a wait count. */
export function roomIn(
  record: BudgetRecord,
  { policies, reserve }: Pick<Wish, 'policies' | 'reserve'>,
  at: number,
): number {
  const { learnt } = record;
  const limits = policies.map(
    (policy) => policy.limit * (1 - reserve) - spentFrom(record, policy, firstBucket(policy, at)),
  );
  const kept = reserve * Math.min(...policies.map(({ limit }) => limit));
  const left = learnt && learnt.until > at ? [learnt.left - (policies.length > 0 ? kept : 0)] : [];
  return Math.max(0, Math.min(...limits, ...left));
}

/** The first time at which so much may be spent, if nobody spends meanwhile. */
function earliest(record: BudgetRecord, wish: Wish, at: number): number {
  const times = wish.policies.map((policy) => {
    const allowed = policy.limit * (1 - wish.reserve) - wish.need + rounding;
    if (spentFrom(record, policy, firstBucket(policy, at)) <= allowed) return wish.now;
    const length = lengthOf(policy);
    // The window that ends in it has nothing of what is spent by now.
    const empty = Math.floor(at / length) + bucketsBefore(policy) + 1;
    let bucket = Math.floor(at / length) + 1;
    while (bucket < empty && spentFrom(record, policy, bucket - bucketsBefore(policy)) > allowed) bucket += 1;
    return bucket * length;
  });
  const { not_before: notBefore = 0, learnt } = record;
  const untilReset =
    learnt && roomIn({ ...record, spent: {} }, wish, at) + rounding < wish.need ? learnt.until : 0;
  return Math.max(wish.now, notBefore, untilReset, ...times);
}

/** Without what no window reaches back to any more. */
function forget(record: BudgetRecord, at: number): BudgetRecord {
  const { not_before: notBefore, learnt } = record;
  const spent = Object.entries(record.spent).map(([key, buckets]) => {
    const first = firstBucket(policyOf(key), at);
    const kept = Object.entries(buckets).filter(([bucket]) => Number(bucket) >= first);
    return [key, Object.fromEntries(kept)] as const;
  });
  return {
    at: record.at,
    spent: Object.fromEntries(spent),
    ...(notBefore !== undefined && notBefore > at && { not_before: notBefore }),
    ...(learnt && learnt.until > at && { learnt }),
  };
}

type Span = Pick<BudgetPolicy, 'window' | 'per_ms'>;

function keyOf({ window, per_ms }: Span): string {
  return `${window}/${per_ms}`;
}

function policyOf(key: string): Span {
  const [window, per] = key.split('/');
  return { window: window === 'moving' ? 'moving' : 'fixed', per_ms: Number(per) };
}

function lengthOf({ window, per_ms }: Span): number {
  return window === 'fixed' ? per_ms : per_ms / bucketsInWindow;
}

/** The oldest bucket that a window which holds this time may reach back to. */
function firstBucket(policy: Span, at: number): number {
  return Math.floor(at / lengthOf(policy)) - bucketsBefore(policy);
}

function bucketsBefore({ window }: Span): number {
  return window === 'fixed' ? 0 : bucketsInWindow;
}

function bucketAt(key: string, at: number): number {
  return Math.floor(at / lengthOf(policyOf(key)));
}

function endOfBucket(key: string, at: number): number {
  return (bucketAt(key, at) + 1) * lengthOf(policyOf(key));
}

function spentFrom({ spent }: BudgetRecord, policy: Span, first: number): number {
  return Object.entries(spent[keyOf(policy)] ?? {})
    .filter(([bucket]) => Number(bucket) >= first)
    .reduce((sum, [, amount]) => sum + amount, 0);
}

function add(buckets: Record<string, number> = {}, bucket: number, amount: number): Record<string, number> {
  return { ...buckets, [bucket]: (buckets[bucket] ?? 0) + amount };
}
