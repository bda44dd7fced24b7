/** What a budget promises, wherever it is stored: in memory and in the fake ledger for unit tests, on DynamoDB in e2e. */
import { expect } from 'chai';
import { createBudget, type Budget } from '../../pipeline/budget/budget.ts';
import type { BudgetStore } from '../../pipeline/budget/budget-store.ts';
import { ConfigError } from '../../pipeline/errors.ts';
import type { ApiBudget, BudgetPolicy } from '../../pipeline/source/source.ts';
import { rejection } from './rejection.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.parse('2026-11-21T10:05:10Z');

const fixed = (limit: number, per_ms = minute): BudgetPolicy => ({ limit, per_ms, window: 'fixed' });
const moving = (limit: number, per_ms = minute): BudgetPolicy => ({ limit, per_ms, window: 'moving' });

const seconds = (number: number): Date => new Date(start + number * 1_000);

export function describeBudgets(where: string, makeStore: () => Promise<BudgetStore>): void {
  describe(`budgets, ${where}`, () => {
    let counted: BudgetStore;
    let writes: number;
    let clock: number;
    beforeEach(async () => {
      const store = await makeStore();
      [writes, clock] = [0, start];
      counted = {
        read: (name) => store.read(name),
        write: (name, next) => {
          writes += 1;
          return store.write(name, next);
        },
      };
    });

    const budget = (
      policies: BudgetPolicy[],
      more: Partial<ApiBudget> = {},
      kind: 'live' | 'backfill' = 'live',
    ) =>
      createBudget(
        { name: 'api', policies, reserve: 0, ...more },
        {
          store: counted,
          now: () => new Date(clock),
          kind,
        },
      );

    it('give all of a fixed window, and the next one from its first moment', async () => {
      const mine = budget([fixed(25)]);
      expect(await exhaust(mine)).to.deep.equal({ calls: 25, waitMs: 50_000 });
      clock += 49_999;
      expect(await mine.take(1)).to.equal(1);
      clock += 1;
      expect((await exhaust(mine)).calls).to.equal(25);
    });

    it('count what is sent in any case, beyond their limits too, and make later calls wait for it', async () => {
      const [mine, other] = [budget([fixed(3)]), budget([fixed(3)])];
      await mine.charge(1);
      expect(await exhaust(mine)).to.deep.equal({ calls: 2, waitMs: 50_000 });
      await mine.charge(2);
      expect(await other.take(1)).to.equal(50_000);
      clock += 50_000;
      expect((await exhaust(other)).calls).to.equal(3);
      // Of a moving window, what went beyond is gone only when it is that long ago.
      const moved = budget([moving(2)], { name: 'moved' });
      expect((await exhaust(moved)).calls).to.equal(2);
      clock += 30_000;
      await moved.charge(2);
      clock += 33_000;
      expect(await moved.take(1)).to.be.within(25_000, 31_000);
    });

    it('give all of a moving window, and no more until it is over', async () => {
      const mine = budget([moving(25)]);
      const { calls, waitMs } = await exhaust(mine);
      expect(calls).to.equal(25);
      expect(waitMs).to.be.within(minute, minute + minute / 20);
      clock += waitMs - 1;
      expect(await mine.take(1)).to.equal(1);
      clock += 1;
      expect((await exhaust(mine)).calls).to.equal(25);
    });

    it('look back over a whole moving window from any moment of it', async () => {
      const mine = budget([moving(25)]);
      clock = start - (start % 3_000) + 2_999;
      await exhaust(mine);
      clock += minute - 2_998;
      expect(await mine.take(1)).to.be.greaterThan(0);
    });

    it('go by the clock that is ahead', async () => {
      clock += minute;
      await exhaust(budget([fixed(25)]));
      clock -= minute;
      expect(await budget([fixed(25)]).take(1)).to.equal(2 * minute - 10_000);
    });

    it('keep to every policy at once', async () => {
      const mine = budget([fixed(10), fixed(25, day)]);
      const calls = [];
      for (let number = 0; number < 4; number += 1) {
        calls.push((await exhaust(mine)).calls);
        clock += minute;
      }
      expect(calls).to.deep.equal([10, 10, 5, 0]);
      expect(await mine.take(1)).to.equal(Date.parse('2026-11-22T00:00:00Z') - clock);
    });

    it('count weights, fractions of them too', async () => {
      expect((await exhaust(budget([fixed(10)]), 1.5)).calls).to.equal(6);
      expect(await budget([fixed(10)]).take(1)).to.equal(0);
      expect(await budget([fixed(10)]).take(0.5)).to.be.greaterThan(0);
    });

    it('are shared by all that name them', async () => {
      const [one, two] = [budget([fixed(20)]), budget([fixed(20)])];
      const other = budget([fixed(20)], { name: 'other' });
      expect(await Promise.all([one, two, one, two].map((each) => each.take(4)))).to.deep.equal([0, 0, 0, 0]);
      expect((await exhaust(one)).calls + (await exhaust(two)).calls).to.equal(4);
      expect((await exhaust(other)).calls).to.equal(20);
    });

    it('give one call to one of many that ask at once', async () => {
      const mine = budget([fixed(7)]);
      const waits = await Promise.all(Array.from({ length: 30 }, () => mine.take(1)));
      expect(waits.filter((ms) => ms === 0)).to.have.length(7);
    });

    it('count what sources with other policies spend', async () => {
      await budget([fixed(100, day)]).take(1);
      await budget([fixed(10)]).take(10);
      expect((await exhaust(budget([fixed(100, day)]), 5)).calls).to.equal(17);
    });

    it('leave the reserve to live fetches', async () => {
      const more = { reserve: 0.2 };
      expect((await exhaust(budget([fixed(20)], more, 'backfill'))).calls).to.equal(16);
      expect((await exhaust(budget([fixed(20)], more))).calls).to.equal(4);
    });

    it('write once for ten calls', async () => {
      const mine = budget([fixed(1_000)]);
      for (let call = 0; call < 100; call += 1) await mine.take(1);
      expect(writes).to.equal(10);
    });

    it('get back what was taken in advance', async () => {
      const policies = [fixed(1_000), fixed(10_000, day)];
      const mine = budget(policies);
      await mine.take(1);
      await mine.release();
      await mine.release();
      expect((await exhaust(budget(policies), 999)).calls).to.equal(1);
    });

    it('lose nothing of a long window to calls that are few', async () => {
      const policies = [fixed(1_000), fixed(1_000, day)];
      const mine = budget(policies);
      for (let call = 0; call < 200; call += 1) {
        expect(await mine.take(1)).to.equal(0);
        clock += minute;
      }
      await mine.release();
      expect((await exhaust(budget(policies))).calls).to.equal(800);
    });

    it('refuse what no wait makes room for', async () => {
      const error = await rejection(budget([fixed(100), moving(10)]).take(11));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.contain(
        "api_budget 'api': one request weighs 11, more than the limit of 10 for 60 s",
      );
      const backfill = budget([fixed(10)], { reserve: 0.5 }, 'backfill');
      expect((await rejection(backfill.take(6))).message).to.contain('50 % are reserved');
    });

    describe('that learn', () => {
      it('send nothing before the API wants to hear again', async () => {
        const [mine, other] = [budget([fixed(100)]), budget([])];
        await mine.take(1);
        await mine.learn({ notBefore: seconds(30) });
        expect(await mine.take(1)).to.equal(30_000);
        expect(await other.take(1)).to.equal(30_000);
        await other.learn({ notBefore: seconds(10) });
        expect(await other.take(1)).to.equal(30_000);
        clock += 30_000;
        expect([await mine.take(1), await other.take(1)]).to.deep.equal([0, 0]);
      });

      it('believe that less is left than they know, until it is reset', async () => {
        const [mine, other] = [budget([fixed(100, day)]), budget([fixed(100, day)])];
        await mine.take(1);
        await mine.learn({ remaining: 12, resetAt: seconds(600) });
        const calls = (await exhaust(mine)).calls + (await exhaust(other)).calls;
        expect(calls).to.equal(12);
        expect(await other.take(1)).to.equal(600_000);
        clock += 600_000;
        expect(await other.take(1)).to.equal(0);
      });

      it('work without policies, from what responses say', async () => {
        const mine = budget([]);
        await mine.take(1);
        await mine.learn({ remaining: 3, resetAt: seconds(60) });
        expect(await exhaust(mine)).to.deep.equal({ calls: 3, waitMs: 60_000 });
      });

      it('lose nothing of what is left to calls that are few', async () => {
        const mine = budget([fixed(1_000)]);
        await mine.learn({ remaining: 500, resetAt: seconds(7_200) });
        for (let call = 0; call < 100; call += 1) {
          expect(await mine.take(1)).to.equal(0);
          clock += minute;
        }
        await mine.release();
        expect((await exhaust(budget([fixed(1_000)]))).calls).to.equal(400);
      });

      it('count what is taken in advance as a part of what is left', async () => {
        const mine = budget([fixed(1_000)]);
        await mine.take(1);
        await mine.learn({ remaining: 40, resetAt: seconds(600) });
        await mine.release();
        expect((await exhaust(budget([fixed(1_000)]))).calls).to.equal(40);
      });

      it('believe the last call to be gone, however few they think are left', async () => {
        const mine = budget([fixed(1_000)]);
        await mine.take(995);
        await mine.release();
        await mine.learn({ remaining: 0, resetAt: seconds(600) });
        expect(await mine.take(1)).to.equal(600_000);
      });

      it('leave the reserve of what is left to live fetches', async () => {
        const more = { reserve: 0.2 };
        const mine = budget([fixed(50)], more);
        await mine.learn({ remaining: 30, resetAt: seconds(600) });
        expect((await exhaust(budget([fixed(50)], more, 'backfill'))).calls).to.equal(20);
        expect((await exhaust(mine)).calls).to.equal(10);
      });

      it('write nothing for what is no news', async () => {
        const mine = budget([fixed(100, day)]);
        await mine.take(1);
        for (const remaining of [99, 98, 97, 500]) await mine.learn({ remaining, resetAt: seconds(600) });
        await mine.learn({ notBefore: seconds(-1) });
        await mine.learn({ remaining: 0, resetAt: seconds(-1) });
        await mine.learn({});
        expect(writes).to.equal(1);
      });
    });
  });
}

/** How many calls go well before one has to wait, and how long that one would. */
async function exhaust(from: Budget, weight = 1): Promise<{ calls: number; waitMs: number }> {
  for (let calls = 0; ; calls += 1) {
    const waitMs = await from.take(weight);
    if (waitMs > 0) return { calls, waitMs };
  }
}
