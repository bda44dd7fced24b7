import { expect } from 'chai';
import * as fc from 'fast-check';
import { commitWindow, failWindow, pauseWindow, takeWindow } from '../../../pipeline/ledger/hold-window.ts';
import type { Ledger, LedgerClient } from '../../../pipeline/ledger/ledger.ts';
import { readState } from '../../../pipeline/ledger/resource-state.ts';
import { readWindow } from '../../../pipeline/ledger/window.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { interleave, type Actor } from '../../support/interleave.ts';
import { landedObject } from '../../support/load-samples.ts';

/** A window is whole after this many units; each attempt lands some of them and then pauses. */
const units = 6;
const times = ['2026-11-21T10:05:00Z', '2026-11-21T10:10:00Z', '2026-11-21T10:15:00Z'];

interface Position {
  /** The value of the cursor at which the window began. */
  from: number;
  landed: string[];
}

const attempt = fc.record({
  time: fc.constantFrom(...times),
  lands: fc.integer({ min: 0, max: units }),
  end: fc.constantFrom('pause', 'pause', 'pause', 'fail', 'transient'),
  killedAfter: fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined }),
});

/** Its units, by the cursor that they were fetched from. */
const whole = (from: number) => Array.from({ length: units }, (_, unit) => `${from}-${unit}`);

describe('a window, killed and taken over at any call', function () {
  this.timeout(20_000);

  it('is committed with every unit once, and its cursor moves with it', async () => {
    let commits = 0;
    let resumed = 0;
    const property = fc.asyncProperty(
      fc.array(attempt, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat(1_000)),
      async (attempts, chances) => {
        const dynamo = fakeDynamo();
        let clock = Date.parse('2026-11-21T10:15:01Z');
        const now = (): Date => new Date((clock += 700));
        const actors = attempts.map(({ time, lands, end, killedAfter }, number): Actor => ({
          killedAfter,
          run: async (gate) => {
            const gated = { send: (command: never) => gate('dynamo', () => dynamo.send(command)) };
            const ledger: Ledger = { table: 'ledger', dynamo: gated as unknown as LedgerClient };
            const deps = { ledger, now, pause: async () => undefined };
            const holder = { request: `r${number}`, execution: 'x' };
            const id = { resource: 'weather', slice: 'all', scheduledAt: time };
            const options = { everyMs: undefined, holder, leaseMs: 4_000 };
            const taken = await takeWindow(id, options, deps);
            if ('reason' in taken) return;
            const { state, version } = await readState(ledger, 'weather');
            const from = Number(state.cursors['all'] ?? 0);
            const before = taken.resume?.position as Position | undefined;
            if (before) {
              resumed += 1;
              // Nothing else may have moved the cursor while this window was open.
              if (version !== from || before.from !== from) {
                const lost = (await readWindow(ledger, taken)).window?.holder !== taken.holder;
                expect(lost).to.equal(true);
                return;
              }
            }
            const landed = [...(before?.landed ?? [])];
            while (landed.length < units && landed.length < (before?.landed.length ?? 0) + lands)
              landed.push(`${from}-${landed.length}`);
            if (landed.length === units) {
              const objects = landed.map(landedObject);
              const next = { value: { cursors: { all: from + 1 } }, version };
              const result = { objects, requests: units, responses: units, state: next };
              await commitWindow(taken, result, deps).catch((error: Error) => {
                if (!error.message.includes('was changed while')) throw error;
              });
            } else if (end === 'pause') {
              await pauseWindow(taken, { position: { from, landed }, reason: 'out of time' }, deps);
            } else {
              await failWindow(taken, { error: end, transient: end === 'transient' }, deps);
            }
          },
        }));
        await interleave(actors, (choices) => (chances.next().value ?? 0) % choices);

        const ledger = { table: 'ledger', dynamo };
        const committed = [];
        for (const scheduledAt of times) {
          const { fetch } = await readWindow(ledger, { resource: 'weather', slice: 'all', scheduledAt });
          if (fetch?.state === 'committed') committed.push(fetch.objects?.map(({ key }) => key));
        }
        // Window by window, in the order of their times: cursor 0, then 1, then 2.
        expect(committed).to.deep.equal(committed.map((_, number) => whole(number)));
        const { state, version } = await readState(ledger, 'weather');
        expect([state.cursors['all'] ?? 0, version]).to.deep.equal([committed.length, committed.length]);
        commits += committed.length;
      },
    );
    await fc.assert(property, { numRuns: 250 });
    // Or the property would hold because nothing is ever committed or gone on with.
    expect(Math.min(commits, resumed)).to.be.greaterThan(20);
  });
});
