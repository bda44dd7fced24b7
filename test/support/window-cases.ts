/** What the ledger promises about windows, whatever DynamoDB is behind it: in memory for unit tests, on the local AWS in e2e. */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import {
  commitWindow,
  failWindow,
  takeWindow,
  type HoldDeps,
  type SkippedWindow,
} from '../../pipeline/ledger/hold-window.ts';
import type { Ledger, LedgerClient } from '../../pipeline/ledger/ledger.ts';
import { readWindow, type TakenWindow, type WindowResult } from '../../pipeline/ledger/window.ts';
import { writeTaken } from '../../pipeline/ledger/write-window.ts';
import { landedObject } from './load-samples.ts';
import { rejection } from './rejection.ts';

const first = '2026-11-21T10:05:00Z';
const second = '2026-11-21T10:10:00Z';
const third = '2026-11-21T10:15:00Z';
const leaseMs = 60_000;

const result: WindowResult = {
  objects: [landedObject('raw/weather/a'), landedObject('raw/weather/bb')],
  requests: 3,
  responses: 2,
};

const id = (scheduledAt: string) => ({ resource: 'weather', slice: 'all', scheduledAt });
const mine = (scheduledAt: string) => ({ ...id(scheduledAt), holder: 'r9/z', attempt: 1 });

export function describeWindows(where: string, makeLedger: () => Promise<Ledger>): void {
  describe(`windows, ${where}`, () => {
    let ledger: Ledger;
    let clock: Date;
    beforeEach(async () => {
      ledger = await makeLedger();
      clock = new Date('2026-11-21T10:05:02.000Z');
    });

    const deps = (changed: Partial<HoldDeps> = {}): HoldDeps => ({
      ledger,
      now: () => clock,
      pause: async () => undefined,
      ...changed,
    });
    const flawed = (numbers: number[], error: Error, options = {}): HoldDeps =>
      deps({ ledger: { ...ledger, dynamo: flawedDynamo(ledger.dynamo, { numbers, error, ...options }) } });
    const later = (ms: number): void => {
      clock = new Date(clock.getTime() + ms);
    };
    const state = (scheduledAt = first) => readWindow(ledger, id(scheduledAt));
    const ask = (request: string, scheduledAt = first, execution = 'x') =>
      takeWindow(id(scheduledAt), { everyMs: undefined, holder: { request, execution }, leaseMs }, deps());
    const take = async (request: string, scheduledAt = first, execution = 'x'): Promise<TakenWindow> => {
      const answer = await ask(request, scheduledAt, execution);
      if ('reason' in answer) throw new Error(`not taken: ${answer.reason}`);
      return answer;
    };
    const refusal = async (request: string, scheduledAt = first): Promise<SkippedWindow> => {
      const answer = await ask(request, scheduledAt);
      if ('attempt' in answer) throw new Error('it was taken');
      return answer;
    };

    it('are taken by one, who then stands in the ledger', async () => {
      expect(await take('r1')).to.deep.equal({ ...id(first), holder: 'r1/x', attempt: 1 });
      const common = {
        pk: 'FETCH#weather#all',
        resource: 'weather',
        slice: 'all',
        scheduled_at: first,
        attempt: 1,
      };
      expect(await state()).to.deep.equal({
        window: { ...common, sk: 'WINDOW', holder: 'r1/x', held_until: '2026-11-21T10:06:02.000Z' },
        fetch: { ...common, sk: `AT#${first}`, state: 'fetching', started_at: '2026-11-21T10:05:02.000Z' },
      });
    });

    it('are not taken on what was seen before others moved them', async () => {
      const stale = { now: clock, heldUntil: clock, from: undefined };
      const taken = await take('r1', second);
      expect(await writeTaken(ledger, mine(first), stale)).to.equal(false);
      expect(await writeTaken(ledger, mine(third), { ...stale, from: 'r0/x' })).to.equal(false);
      await commitWindow(taken, result, deps());
      expect(await writeTaken(ledger, mine(first), stale)).to.equal(false);
      await failWindow(await take('r2', third), { error: 'down' }, deps());
      expect(await writeTaken(ledger, mine(third), stale)).to.equal(false);
      expect(await writeTaken(ledger, { ...mine(third), attempt: 3 }, stale)).to.equal(false);
      expect(await writeTaken(ledger, { ...mine(third), attempt: 2 }, stale)).to.equal(true);
    });

    it('are left alone while another invocation fetches them', async () => {
      await take('r1');
      const { reason, retry } = await refusal('r2');
      expect(reason).to.equal(
        'another invocation is fetching it, until 2026-11-21T10:06:02.000Z at the latest',
      );
      expect(retry).to.equal(false);
      expect((await state()).window).to.include({ holder: 'r1/x' });
    });

    it('wait for an earlier one that is being fetched, and give way to a newer one', async () => {
      await take('r1', second);
      expect(await refusal('r2', third)).to.include({ retry: true });
      expect(await refusal('r3', first)).to.include({ retry: false });
    });

    it('are committed once, with their objects, and open as work', async () => {
      const taken = await take('r1');
      later(5_000);
      expect(await commitWindow(taken, result, deps())).to.equal(true);
      const { window, fetch } = await state();
      const ended = '2026-11-21T10:05:07.000Z';
      expect(window).to.deep.equal({
        pk: 'FETCH#weather#all',
        sk: 'WINDOW',
        resource: 'weather',
        slice: 'all',
        scheduled_at: first,
        attempt: 1,
        last_committed_at: first,
      });
      expect(fetch).to.deep.equal({
        pk: 'FETCH#weather#all',
        sk: `AT#${first}`,
        resource: 'weather',
        slice: 'all',
        scheduled_at: first,
        attempt: 1,
        state: 'committed',
        started_at: '2026-11-21T10:05:02.000Z',
        ended_at: ended,
        ...result,
        bytes: 2000,
        work: 'fetch',
        work_at: ended,
      });
      later(1_000);
      expect(await commitWindow(taken, { ...result, objects: [] }, deps())).to.equal(true);
      expect((await state()).fetch).to.deep.equal(fetch);
    });

    it('are not fetched again once they, or newer ones, are committed', async () => {
      await commitWindow(await take('r1', second), result, deps());
      expect(await refusal('r1', second)).to.deep.equal({
        take: false,
        reason: 'committed already',
        retry: false,
      });
      expect((await refusal('r2', first)).reason).to.contain(`the window of ${second} is committed`);
      expect(await take('r3', third)).to.include({ attempt: 1 });
    });

    it('can be empty', async () => {
      const empty = { objects: [], requests: 1, responses: 1 };
      expect(await commitWindow(await take('r1'), empty, deps())).to.equal(true);
      expect((await state()).fetch).to.include({ state: 'committed', bytes: 0, work: 'fetch' });
    });

    it('are given back when they fail, and taken again as another attempt', async () => {
      const taken = await take('r1');
      await failWindow(taken, { error: 'the API is down' }, deps());
      const { window, fetch } = await state();
      expect(window).to.not.have.any.keys('holder', 'held_until', 'last_committed_at');
      expect(fetch)
        .to.include({ state: 'failed', error: 'the API is down' })
        .and.not.have.any.keys('work', 'objects');
      expect(await commitWindow(taken, result, deps())).to.equal(false);
      const again = await take('r2');
      expect(again.attempt).to.equal(2);
      expect((await state()).fetch)
        .to.include({ state: 'fetching' })
        .and.not.have.any.keys('error', 'ended_at');
      await commitWindow(again, result, deps());
      expect((await state()).fetch).to.include({ state: 'committed', attempt: 2 });
    });

    it('never give one attempt number to two attempts, whatever comes between', async () => {
      for (const [request, scheduledAt, attempt] of [
        ['r1', first, 1],
        ['r2', second, 1],
        ['r3', first, 2],
        ['r4', second, 2],
      ] as const) {
        const taken = await take(request, scheduledAt);
        expect(taken.attempt).to.equal(attempt);
        await failWindow(taken, { error: 'down' }, deps());
      }
      await commitWindow(await take('r5', first), result, deps());
      expect((await take('r6', second)).attempt).to.equal(3);
    });

    describe('whose holder is gone', () => {
      let lost: TakenWindow;
      beforeEach(async () => {
        lost = await take('r1');
      });

      it('are taken over when the lease has ended', async () => {
        later(leaseMs);
        expect(await refusal('r2')).to.include({ retry: false });
        later(1);
        expect(await take('r2')).to.include({ attempt: 2, holder: 'r2/x' });
      });

      it('are taken over at once by the repetition of the same request', async () => {
        expect(await take('r1', first, 'y')).to.include({ attempt: 2, holder: 'r1/y' });
        expect(await refusal('r')).to.include({ retry: false });
      });

      it('are lost to the next scheduled time only after the lease', async () => {
        expect(await refusal('r2', second)).to.include({ retry: true });
        later(leaseMs + 1);
        expect(await take('r2', second)).to.include({ attempt: 1 });
        expect((await state(first)).fetch).to.include({ state: 'fetching', attempt: 1 });
      });

      it('are neither committed nor failed by the old holder', async () => {
        later(leaseMs + 1);
        const taken = await take('r2');
        const before = await state();
        expect(await commitWindow(lost, result, deps())).to.equal(false);
        await failWindow(lost, { error: 'late' }, deps());
        expect(await state()).to.deep.equal(before);
        expect(await commitWindow(taken, result, deps())).to.equal(true);
        const after = await state();
        expect(await commitWindow(lost, result, deps())).to.equal(false);
        await failWindow(lost, { error: 'late' }, deps());
        expect(await state()).to.deep.equal(after);
      });

      it('are committed by the old holder as long as nobody has taken over', async () => {
        later(leaseMs * 10);
        expect(await commitWindow(lost, result, deps())).to.equal(true);
      });
    });

    describe('when eight invocations race', () => {
      const requests = Array.from({ length: 8 }, (_, number) => `r${number}`);
      const takenOf = async (): Promise<TakenWindow[]> => {
        const answers = await Promise.all(requests.map((request) => ask(request)));
        return answers.filter((answer) => 'attempt' in answer);
      };

      it('go to one of them', async () => {
        const taken = await takenOf();
        expect(taken).to.have.length(1);
        expect((await state()).fetch).to.include({ attempt: 1 });
      });

      it('go to one of them when the holder is gone', async () => {
        await take('gone');
        later(leaseMs + 1);
        const taken = await takenOf();
        expect(taken).to.have.length(1);
        expect((await state()).fetch).to.include({ attempt: 2 });
      });
    });

    describe('when DynamoDB is not at its best', () => {
      const conflict = Object.assign(new Error('conflict'), {
        name: 'TransactionCanceledException',
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
      });
      const timeout = Object.assign(new Error('no answer'), { name: 'TimeoutError' });

      it('are taken, committed and given back in spite of other transactions on their items', async () => {
        const busy = flawed([0, 1, 3, 4], conflict);
        const options = { everyMs: undefined, holder: { request: 'r1', execution: 'x' }, leaseMs };
        const taken = await takeWindow(id(first), options, busy);
        if ('reason' in taken) throw new Error(taken.reason);
        expect(await commitWindow(taken, result, busy)).to.equal(true);
        await failWindow(await take('r2', second), { error: 'down' }, flawed([0], conflict));
        expect((await state(second)).fetch).to.include({ state: 'failed' });
      });

      it('are asked for again later when their items stay busy', async () => {
        const busy = flawed([0, 1, 2, 3, 4], conflict);
        const options = { everyMs: undefined, holder: { request: 'r1', execution: 'x' }, leaseMs };
        expect(await takeWindow(id(first), options, busy)).to.include({ retry: true });
        const taken = await take('r2');
        const error = await rejection(commitWindow(taken, result, flawed([0, 1, 2, 3, 4], conflict)));
        expect(error.message).to.contain('busy 5 times');
      });

      it('count as committed when only the answer of the commit was lost', async () => {
        const taken = await take('r1');
        expect(await commitWindow(taken, result, flawed([0], timeout, { after: true }))).to.equal(true);
        expect((await state()).fetch).to.include({ state: 'committed' });
      });

      it('are not committed when the commit did not arrive', async () => {
        const taken = await take('r1');
        expect(await rejection(commitWindow(taken, result, flawed([0], timeout)))).to.equal(timeout);
        expect((await state()).fetch).to.include({ state: 'fetching' });
      });
    });
  });
}

interface Flaw {
  /** Which transactions, counted from 0. */
  numbers: number[];
  error: Error;
  /** They have their effect all the same. */
  after?: boolean;
}

function flawedDynamo(dynamo: LedgerClient, { numbers, error, after = false }: Flaw): LedgerClient {
  let number = -1;
  const send = async (command: TransactWriteCommand): Promise<unknown> => {
    if (!(command instanceof TransactWriteCommand)) return dynamo.send(command);
    number += 1;
    if (!numbers.includes(number)) return dynamo.send(command);
    if (after) await dynamo.send(command);
    throw error;
  };
  return { send: send as LedgerClient['send'] };
}
