import { expect } from 'chai';
import * as fc from 'fast-check';
import { createBudget } from '../../../pipeline/budget/budget.ts';
import type { BudgetStore } from '../../../pipeline/budget/budget-store.ts';
import { createMemoryStore } from '../../../pipeline/budget/memory-store.ts';
import type { BudgetPolicy } from '../../../pipeline/source/source.ts';

interface Spent {
  at: number;
  weight: number;
}

type Action = { take: number } | { release: true } | { learn: number };

const policy = fc.record<BudgetPolicy>({
  limit: fc.integer({ min: 3, max: 40 }),
  per_ms: fc.constantFrom(20, 1_000, 7_000, 60_000),
  window: fc.constantFrom('fixed', 'moving'),
});
/** Whole ones, and quarters: their sums are exact. */
const weight = fc.integer({ min: 1, max: 12 }).map((quarters) => quarters / 4);
const action = fc.oneof(
  { weight: 12, arbitrary: fc.record({ take: weight }) },
  { weight: 1, arbitrary: fc.constant({ release: true } as const) },
  { weight: 1, arbitrary: fc.record({ learn: fc.integer({ min: 0, max: 50 }) }) },
);
const actor = fc.array(action, { minLength: 1, maxLength: 30 });
const gaps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 40_000 })),
  {
    minLength: 1,
    maxLength: 20,
  },
);

/** The most that was spent within any window of the policy. */
function mostIn({ window, per_ms }: BudgetPolicy, spent: Spent[]): number {
  const sums = spent.map(({ at: from }) =>
    spent
      .filter(({ at }) =>
        window === 'fixed'
          ? Math.floor(at / per_ms) === Math.floor(from / per_ms)
          : at >= from && at <= from + per_ms,
      )
      .reduce((sum, one) => sum + one.weight, 0),
  );
  return Math.max(0, ...sums);
}

describe('a budget among many functions', function () {
  this.timeout(20_000);

  it('never lets more be spent in a window than its limit, whoever comes when', async () => {
    let most = 0;
    const property = fc.asyncProperty(
      fc.array(policy, { minLength: 1, maxLength: 3 }),
      fc.array(actor, { minLength: 1, maxLength: 4 }),
      gaps,
      fc.scheduler(),
      async (policies, actors, pauses, scheduler) => {
        let clock = Date.parse('2026-11-21T10:05:59.900Z');
        let steps = 0;
        const step = async (what: string): Promise<void> => {
          await scheduler.schedule(Promise.resolve(), what);
          clock += pauses[steps % pauses.length] ?? 0;
          steps += 1;
        };
        const memory = createMemoryStore();
        const store: BudgetStore = {
          read: async (name) => {
            await step('read');
            return memory.read(name);
          },
          // Time passes before the write and before its answer.
          write: async (name, next) => {
            await step('write');
            const written = await memory.write(name, next);
            await step('answer');
            return written;
          },
        };
        const spent: Spent[] = [];
        const run = async (actions: Action[], kind: 'live' | 'backfill'): Promise<void> => {
          let looked = 0;
          const now = (): Date => new Date((looked = clock));
          const budget = createBudget({ name: 'api', policies, reserve: 0.1 }, { store, now, kind });
          for (const one of actions) {
            await step('between');
            if ('release' in one) await budget.release();
            else if ('learn' in one)
              await budget.learn({ remaining: one.learn, resetAt: new Date(clock + 500) });
            // The last look at the clock is the one that found the budget good.
            else if (
              one.take < 0.9 * Math.min(...policies.map(({ limit }) => limit)) &&
              (await budget.take(one.take)) === 0
            )
              spent.push({ at: looked, weight: one.take });
          }
        };
        const all = actors.map((actions, number) => run(actions, number === 0 ? 'backfill' : 'live'));
        await scheduler.waitFor(Promise.all(all));
        for (const one of policies) {
          expect(mostIn(one, spent)).to.be.at.most(one.limit);
          most = Math.max(most, mostIn(one, spent) / one.limit);
        }
      },
    );
    await fc.assert(property, { numRuns: 200 });
    // Or the property would hold because nothing is ever given.
    expect(most).to.be.greaterThan(0.9);
  });
});
