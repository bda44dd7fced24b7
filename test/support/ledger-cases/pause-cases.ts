import { expect } from 'chai';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { writeTaken } from '../../../pipeline/ledger/write-window.ts';
import { rejection } from '../rejection.ts';
import { first, hold, id, leaseMs, second, third, type Hold } from './hold.ts';

const position = { page: 7, objects: [{ key: 'raw/a' }] };
const paused = { position, reason: 'out of time', requests: 40, responses: 39 };
const transient = { error: 'the API is down', transient: true };

const tokens = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());

export function pauseCases(ledger: () => Ledger): void {
  describe('a paused window', () => {
    let windows: Hold;
    beforeEach(() => {
      windows = hold(ledger);
    });

    it('is gone on with by the next attempt, from where it was', async () => {
      expect(await windows.pause(await windows.take('r1'), paused)).to.equal(true);
      const { window, fetch } = await windows.state();
      expect(window)
        .to.include({ paused: first })
        .and.not.have.any.keys('holder', 'held_until', 'last_committed_at');
      expect(fetch).to.include({
        state: 'paused',
        reason: 'out of time',
        requests: 40,
        responses: 39,
        attempt: 1,
      });
      expect(fetch).to.not.have.any.keys('work', 'objects');
      const taken = await windows.take('r2');
      expect(taken).to.include({ scheduledAt: first, attempt: 2 });
      expect(taken.resume).to.deep.equal({ position, number: 1 });
    });

    it('comes before a later one, which may be taken after its commit', async () => {
      await windows.pause(await windows.take('r1'), paused);
      const resumed = await windows.take('r2', second);
      expect(resumed).to.include({ scheduledAt: first, attempt: 2 });
      expect(await windows.refusal('r3', first)).to.include({ retry: false });
      await windows.commit(resumed);
      const { window, fetch } = await windows.state();
      expect(window).to.include({ last_committed_at: first }).and.not.have.any.keys('paused', 'holder');
      expect(fetch).to.include({ state: 'committed', attempt: 2 });
      expect(fetch).to.not.have.any.keys('position', 'resumes', 'reason');
      const next = await windows.take('r2', second);
      expect(next).to.include({ scheduledAt: second, attempt: 1 }).and.not.have.property('resume');
    });

    it('is followed by the newest one that came while it was gone on with', async () => {
      await windows.pause(await windows.take('r1'), paused);
      const resumed = await windows.take('r2');
      expect((await windows.refusal('r3', second)).reason).to.match(/this one follows it$/);
      expect(await windows.refusal('r4', third)).to.include({ retry: false });
      expect(await windows.refusal('r5', second)).to.deep.include({
        retry: false,
        reason: `the window of ${third} follows that of ${first}`,
      });
      expect(await windows.follower()).to.equal(third);
      await windows.commit(resumed);
      expect(await windows.follower()).to.equal(third);
      await windows.commit(await windows.take('r6', third));
      expect(await windows.follower()).to.equal(undefined);
    });

    it('is gone on with although the one that was asked for is not due', async () => {
      await windows.commit(await windows.take('r1', first));
      await windows.pause(await windows.take('r2', second), paused);
      expect(await windows.ask('r3', third, 3_600_000)).to.include({ scheduledAt: second });
    });

    it('may pause again and again, as long as waiting is all that is wrong', async () => {
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        const taken = await windows.take(`r${attempt}`);
        expect(taken.attempt).to.equal(attempt);
        expect(taken.resume?.position).to.deep.equal(attempt === 1 ? undefined : { page: attempt - 1 });
        await windows.pause(taken, { position: { page: attempt }, reason: 'waits' });
      }
    });

    it('waits as long as it was told to', async () => {
      const notBefore = new Date(windows.now().getTime() + 600_000);
      await windows.pause(await windows.take('r1'), { ...paused, notBefore });
      const { reason, retry } = await windows.refusal('r2', second);
      expect(reason).to.equal(`the window of ${first} is paused until ${notBefore.toISOString()}`);
      expect(retry).to.equal(false);
      windows.later(600_000);
      expect(await windows.take('r2', second)).to.include({ scheduledAt: first });
      expect((await windows.state()).window).to.not.have.property('paused_until');
    });

    it('is only given back when nothing was fetched: a later one does not wait for it', async () => {
      const notBefore = new Date(windows.now().getTime() + 1_000);
      await windows.pause(await windows.take('r1'), { reason: 'the budget is spent', notBefore });
      expect((await windows.refusal('r2', second)).reason).to.contain('fetching waits until');
      windows.later(1_000);
      expect(await windows.take('r2', second)).to.include({ scheduledAt: second, attempt: 1 });
      expect((await windows.state(first)).fetch).to.include({ state: 'paused' });
    });

    it('keeps its position when nothing new was fetched', async () => {
      await windows.pause(await windows.take('r1'), paused);
      await windows.pause(await windows.take('r2'), { reason: 'the budget is spent' });
      expect((await windows.take('r3')).resume?.position).to.deep.equal(position);
    });

    it('keeps its position when its holder dies, for five attempts', async () => {
      await windows.pause(await windows.take('r1'), paused);
      for (let number = 1; number <= 5; number += 1) {
        expect((await windows.take(`r${number}`, second)).resume).to.deep.equal({ position, number });
        windows.later(leaseMs + 1);
      }
      const anew = await windows.take('r9', second);
      expect(anew).to.include({ scheduledAt: first, attempt: 7 }).and.not.have.property('resume');
      const { window, fetch } = await windows.state();
      expect(window).to.not.have.property('paused');
      expect(fetch).to.not.have.any.keys('position', 'resumes', 'requests', 'responses');
    });

    it('keeps its position when a failure of the moment ends it, for five attempts', async () => {
      await windows.pause(await windows.take('r1'), paused);
      for (let number = 1; number <= 4; number += 1) {
        const taken = await windows.take(`r${number}`, second);
        expect(taken.resume).to.deep.equal({ position, number });
        await windows.fail(taken, transient);
        expect((await windows.state()).fetch).to.include({ state: 'paused', error: 'the API is down' });
      }
      await windows.fail(await windows.take('r5', second), transient);
      const { window, fetch } = await windows.state();
      expect(fetch)
        .to.include({ state: 'failed', error: 'the API is down' })
        .and.not.have.any.keys('position');
      expect(window).to.not.have.any.keys('paused', 'holder');
      expect(await windows.take('r6', second)).to.include({ scheduledAt: second });
    });

    it('begins to count anew when it comes further', async () => {
      await windows.pause(await windows.take('r1'), paused);
      for (let round = 0; round < 3; round += 1) {
        for (let number = 0; number < 3; number += 1) await windows.fail(await windows.take('r2'), transient);
        await windows.pause(await windows.take('r3'), { ...paused, position: { page: 8 + round } });
      }
      expect((await windows.take('r4')).resume).to.deep.equal({ position: { page: 10 }, number: 1 });
    });

    it('starts over from nothing after any other failure', async () => {
      await windows.pause(await windows.take('r1'), paused);
      await windows.fail(await windows.take('r2'), { error: 'the page token is too old' });
      expect((await windows.state()).fetch)
        .to.include({ state: 'failed' })
        .and.not.have.any.keys('position');
      const anew = await windows.take('r3');
      expect(anew.attempt).to.equal(3);
      expect(anew).to.not.have.property('resume');
    });

    it('may come of a failure of the moment, when the attempt says how far it has come', async () => {
      await windows.fail(await windows.take('r1'), { ...transient, position });
      expect((await windows.take('r2', second)).resume).to.deep.equal({ position, number: 1 });
      await windows.fail(await windows.take('r2', second), { error: 'no such key', position });
      expect((await windows.state()).fetch).to.include({ state: 'failed' });
    });

    it('is not paused by a holder that is gone', async () => {
      const lost = await windows.take('r1');
      windows.later(leaseMs + 1);
      const taken = await windows.take('r2');
      expect(await windows.pause(lost, paused)).to.equal(false);
      expect(await windows.commit(taken)).to.equal(true);
      expect(await windows.pause(lost, paused)).to.equal(false);
      expect((await windows.state()).fetch).to.include({ state: 'committed' });
    });

    it('is taken by one of eight that ask for another one', async () => {
      await windows.pause(await windows.take('r0'), paused);
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, number) => windows.ask(`r${number + 1}`, second)),
      );
      const taken = answers.filter((answer) => 'attempt' in answer);
      expect(taken.map(({ scheduledAt, attempt }) => [scheduledAt, attempt])).to.deep.equal([[first, 2]]);
    });

    it('has a position of many kilobytes, and says when it is too large', async () => {
      await windows.pause(await windows.take('r1'), { ...paused, position: tokens(9_000) });
      const taken = await windows.take('r2');
      expect(taken.resume?.position).to.have.length(9_000);
      const error = await rejection(windows.pause(taken, { ...paused, position: tokens(30_000) }));
      expect(error.message).to.match(
        /the place to go on from in the window of weather at .* takes \d+ KB gzipped, more than the 380 KB/,
      );
      await windows.fail(taken, { error: error.message });
      expect((await windows.state()).fetch).to.include({ state: 'failed' });
    });

    it('is not overtaken on what was seen before it paused', async () => {
      const stale = { now: windows.now(), heldUntil: windows.now(), from: undefined };
      const late = (scheduledAt: string, attempt: number) =>
        writeTaken(ledger(), { ...id(scheduledAt), holder: 'r9/x', attempt }, stale);
      await windows.pause(await windows.take('r1'), paused);
      expect(await late(second, 1)).to.equal(false);
      expect(await late(first, 1)).to.equal(false);
      expect(await late(first, 2)).to.equal(true);
    });
  });
}
