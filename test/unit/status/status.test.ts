import { expect } from 'chai';
import { runStatus } from '../../../deploy/commands/status.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { recordGap } from '../../../pipeline/ledger/record-gap.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { compiledSource } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';
import { receiptOf, stackScene, tableBuilding, window, type StackParts } from '../../support/stack-scene.ts';

const now = new Date('2026-11-21T12:08:00Z');
const at = (minutes: number) =>
  `${new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString().slice(0, 19)}Z`;
const source = compiledSource([['weather', 'hour']]);

function withReconcile(): CompiledSource {
  const [resource] = source.resources;
  if (!resource) throw new Error('no resource');
  return {
    ...source,
    resources: [{ ...resource, reconcile: { every_ms: 7 * 86_400_000, delete_missing: true } }],
  };
}

function scene(parts: Partial<StackParts> = {}) {
  const stack = stackScene({ source, ...parts });
  const run = async (more: { json?: boolean; stackName?: string } = {}) => {
    const output = { out: '', err: '' };
    const { connection, ledger } = stack;
    const code = await runStatus({
      stackName: 'weather',
      json: false,
      stdout: { write: (text) => (output.out += text) },
      stderr: { write: (text) => (output.err += text) },
      connection,
      ledger,
      now,
      ...more,
    });
    return { code, ...output };
  };
  return { ...stack, run };
}

describe('catchwater status', () => {
  it('shows on one screen what was fetched and loaded', async () => {
    const { run, commit, register, load } = scene();
    await commit('weather', at(0));
    await register('weather', at(0));
    await load('2026-11-21T12:01:00Z-a1', [`raw/weather/${at(0)}`]);
    await commit('weather', at(5), window('b', { requests: 4, responses: 3, unchanged: 1 }));
    await register('weather', at(5));
    const { code, out, err } = await run();
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    const parts = out.split('\n\n');
    expect(parts).to.have.length(4);
    expect(parts[0]).to.match(
      /^weather · eu-central-1 · UPDATE_COMPLETE\nrate\(5 minutes\)\nsource sources\/samples-\w+\.json$/,
    );
    expect(parts[1]?.split('\n')[0]).to.match(
      /^resource +state +last window +age +windows +requests +responses +unchanged +cursor$/,
    );
    expect(parts[1]?.split('\n')[2]).to.match(/^weather +ok +2026-11-21 12:05 +3 min +2 +5 +4 +25 %$/);
    expect(parts[2]?.split('\n')[2]).to.match(
      /^weather +1 object, 1\.0 KB +3 min +2026-11-21 12:00 +2026-11-21T12:01:00Z-a1$/,
    );
    expect(parts[3]).to.equal('last load: 12 rows parsed = 10 updated + 2 inserted · 2 of 3 files written\n');
  });

  it('shows a stack that has done nothing yet', async () => {
    const { code, out } = await scene().run();
    expect(code).to.equal(0);
    expect(out)
      .to.match(/\nweather +new +– +0 +0 +0\n/)
      .and.to.match(/\nweather +nothing +–\n$/);
  });

  const notes: [
    what: string,
    act: (stack: ReturnType<typeof scene>) => Promise<unknown>,
    state: string,
    words: RegExp,
  ][] = [
    [
      'a paused window, and until when',
      ({ pause }) =>
        pause('weather', at(0), {
          position: { a: 1 },
          reason: '429: one more hour',
          notBefore: new Date(at(60)),
        }),
      'paused',
      /weather: the window of 2026-11-21 12:00 is paused since 2026-11-21 12:00, 8 min ago: 429: one more hour; goes on not before 2026-11-21 13:00/,
    ],
    [
      'a wait without a place to go on from',
      ({ pause }) => pause('weather', at(0), { reason: 'budget', notBefore: new Date(at(60)) }),
      'waits',
      /weather: nothing is asked before 2026-11-21 13:00/,
    ],
    [
      'a failed window in its words',
      ({ fail }) => fail('weather', at(0), { error: '401, key refused' }),
      'failed',
      /weather: failed: 2026-11-21 12:00, 8 min ago: 401, key refused/,
    ],
    [
      'a failure that is over',
      async ({ fail, commit }) => {
        await fail('weather', at(0), { error: '503' });
        await commit('weather', at(5));
      },
      'ok',
      /weather: last failure: 2026-11-21 12:00, 8 min ago: 503/,
    ],
    [
      'a failure of the moment that keeps its place',
      ({ fail }) => fail('weather', at(0), { error: 'socket hang up', transient: true, position: {} }),
      'failed, goes on',
      /is paused since .*: socket hang up\n.*failed: .*socket hang up/,
    ],
    [
      'slices that are behind',
      ({ commit }) => commit('weather', at(0), window('a', { behind: 2, reason: 'its time is over' })),
      'behind',
      /weather: 2 slices not up to now: its time is over; the next window goes on/,
    ],
    [
      'slices left out',
      ({ commit }) =>
        commit(
          'weather',
          at(0),
          window('a', { skipped: [{ slice: 'Lima', error: '400' }], skippedCount: 3 }),
        ),
      'ok',
      /weather: 3 slices left out, such as Lima: 400/,
    ],
    ['a window under way', ({ take }) => take('weather', at(7)), 'fetching', /./],
    [
      'windows that no dispatcher has seen',
      ({ commit }) => commit('weather', at(0)),
      'ok',
      /1 committed window not yet on the list of what is to be loaded, since 2026-11-21 12:00, 8 min ago/,
    ],
    [
      'open gaps',
      ({ ledger }) => recordGap(ledger, { resource: 'weather', slice: '', from: 1, to: 5 }, now),
      'new',
      /1 gap open: \w{8} weather/,
    ],
    [
      'dead loads, why, and how long the next one waits',
      async ({ dynamo, load }) => {
        await load('2026-11-21T12:01:00Z-a1', [], { state: 'failed', error: 'out of memory' });
        dynamo.put({
          pk: 'LEASE',
          sk: 'LEASE',
          token: 3,
          dead_loads: ['x', 'y', '2026-11-21T12:01:00Z-a1'],
          not_before: at(30),
        });
      },
      'new',
      /3 loads in a row died, the last one of: out of memory\nthe next load begins not before 2026-11-21 12:30/,
    ],
    [
      'what is not tried again yet',
      async ({ dynamo, load }) => {
        await load('2026-11-21T12:01:00Z-a1', [], { state: 'failed', error: 'out of memory' });
        const dead_loads = ['2026-11-21T12:01:00Z-a1'];
        dynamo.put({ pk: 'LEASE', sk: 'LEASE', token: 3, dead_loads, retry_not_before: at(30) });
      },
      'new',
      /1 load in a row died, .*\nwhat loads have died over is not tried again before 2026-11-21 12:30/,
    ],
    [
      'raw objects in quarantine',
      async ({ commit, register, quarantine }) => {
        await commit('weather', at(0));
        await register('weather', at(0));
        await quarantine(`raw/weather/${at(0)}`, new Date(at(5)));
      },
      'ok',
      /\nweather: raw\/weather\/2026-11-21T12:00:00Z is in quarantine since 2026-11-21 12:05, 3 min ago: out of memory/,
    ],
    [
      'the load that runs',
      async ({ dynamo, load }) => {
        await load('2026-11-21T12:01:00Z-a1', [], { state: 'started' });
        dynamo.put({ pk: 'LEASE', sk: 'LEASE', token: 3, dead_loads: [], load: '2026-11-21T12:01:00Z-a1' });
      },
      'new',
      /load 2026-11-21T12:01:00Z-a1 runs since 2026-11-21 12:01, 7 min ago: 0 objects, 1\.0 KB/,
    ],
    [
      'a generation that is being built',
      async ({ dynamo }) =>
        dynamo.put(tableBuilding('weather', { generation: 3, since: at(0), objects: 40 }, 2)),
      'new',
      /weather \(generation 2\)[^]*weather: generation 3 is being built since 2026-11-21 12:00, 8 min ago: 0 of 40 objects to go/,
    ],
  ];
  for (const [what, act, state, words] of notes) {
    it(`tells of ${what}`, async () => {
      const stack = scene();
      await act(stack);
      const { out } = await stack.run();
      expect(out)
        .to.match(new RegExp(`\nweather +${state} +`))
        .and.to.match(words);
    });
  }

  it('shows cursors by their age, and the next complete listing', async () => {
    const { run, commit } = scene({ source: withReconcile() });
    const value = { cursors: { a: at(-120), b: at(2) }, reconciled_at: at(0) };
    await commit('weather', at(5), window('a', { state: { value, version: 0 } }));
    const { out } = await run();
    expect(out).to.match(/2026-11-21 12:02, 6 min \(oldest of 2: 2 h\)\n/);
    expect(out).to.include('weather: listed completely at 2026-11-21 12:00, next from 2026-11-28 12:00 on');
    const { resources } = JSON.parse((await run({ json: true })).out) as { resources: { cursors: object }[] };
    expect(resources[0]?.cursors).to.deep.equal({ slices: 2, least: at(-120), greatest: at(2) });
  });

  it('suggests another cadence, and teaches why', async () => {
    const { run, commit } = scene();
    for (let minutes = -120; minutes <= 5; minutes += 5)
      await commit('weather', at(minutes), window('a', { objects: [], unchanged: 1 }));
    const { out } = await run();
    expect(out).to.include(
      'weather could be asked less often: 25 of 25 responses in 2 h said what the one before had said. It is asked every ' +
        '5 min, it has not changed once. Write every: PT30M in the source: 48 requests a day instead of 288. A change is then ' +
        'seen up to 30 min late, several within that time as one\n',
    );
    const { resources } = JSON.parse((await run({ json: true })).out) as {
      resources: { suggestion: object }[];
    };
    expect(resources[0]?.suggestion).to.deep.include({
      every: 'PT30M',
      direction: 'less often',
      everyMs: 1_800_000,
    });
  });

  it('prints one JSON document', async () => {
    const { run, commit, register, load } = scene();
    await commit('weather', at(0));
    await register('weather', at(0));
    await load('2026-11-21T12:01:00Z-a1', [`raw/weather/${at(0)}`], {
      receipt: receiptOf({ held: ['weather'] }),
    });
    const { code, out, err } = await run({ json: true });
    expect({ code, err }).to.deep.equal({ code: 0, err: '' });
    const document = JSON.parse(out) as Record<string, never>;
    expect(document).to.include({
      schemaVersion: 1,
      stack: 'weather',
      region: 'eu-central-1',
      status: 'UPDATE_COMPLETE',
    });
    expect(document['resources']).to.deep.equal([
      {
        resource: 'weather',
        tables: ['weather'],
        isDone: false,
        committed: {
          scheduledAt: at(0),
          at: '2026-11-21T12:00:02.000Z',
          attempt: 1,
          requests: 1,
          responses: 1,
          unchanged: 0,
          bytes: 1000,
        },
        recent: { windows: 1, failed: 0, from: at(0), requests: 1, responses: 1, unchanged: 0 },
        loaded: { scheduledAt: at(0), load: '2026-11-21T12:01:00Z-a1' },
      },
    ]);
    expect(document['tables']).to.deep.equal([
      {
        table: 'weather',
        resources: ['weather'],
        waiting: { objects: 0, bytes: 0 },
        loaded: { scheduledAt: at(0), load: '2026-11-21T12:01:00Z-a1' },
        isStored: false,
        generation: 1,
      },
    ]);
    expect(document['loads']).to.have.nested.property('last.receipt.held[0]', 'weather');
    expect(document['gaps']).to.deep.equal([]);
  });

  it('says what cannot be read, and ends with 1', async () => {
    const { run } = scene({ sourceError: 'AccessDenied' });
    const { code, out } = await run();
    expect(code).to.equal(1);
    expect(out).to.match(
      /the deployed source cannot be read: AccessDenied: not allowed: artifacts\/sources\/samples-/,
    );
    expect(JSON.parse((await run({ json: true })).out)).to.have.nested.property('source.error');
  });

  it('refuses a stack that is not there', async () => {
    expect(await rejection(scene().run({ stackName: 'other' }))).to.be.instanceOf(ConfigError);
  });
});
