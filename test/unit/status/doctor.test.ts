import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDoctor } from '../../../deploy/commands/doctor.ts';
import type { Check } from '../../../deploy/status/check.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { recordGap } from '../../../pipeline/ledger/record-gap.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { awsError } from '../../support/fake-client.ts';
import { compiledSource } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';
import { receiptOf, stackScene, tableBuilding, window, type StackParts } from '../../support/stack-scene.ts';
import { changed, loadText } from '../source/load-weather.ts';

const now = new Date('2026-11-21T12:08:00Z');
const at = (minutes: number) =>
  `${new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString().slice(0, 19)}Z`;
const source = compiledSource([['weather', 'hour']]);
const loadOf = (minutes: number) => `${at(minutes)}-a1`;

function resourceWith(more: object): CompiledSource {
  const [resource] = source.resources;
  if (!resource) throw new Error('no resource');
  return { ...source, resources: [{ ...resource, ...more }] };
}

function scene(parts: Partial<StackParts> = {}) {
  const stack = stackScene({ source, ...parts });
  const run = async (more: { json?: boolean; sourcePath?: string; ledger?: Ledger } = {}) => {
    const output = { out: '', err: '' };
    const { connection, ledger } = stack;
    const code = await runDoctor({
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
  const checks = async (sourcePath?: string) => {
    const { out } = await run({ json: true, ...(sourcePath !== undefined && { sourcePath }) });
    return (JSON.parse(out) as { checks: Check[] }).checks;
  };
  return { ...stack, run, checks };
}

type Scene = ReturnType<typeof scene>;

/** Fetched and loaded a moment ago. */
async function well({ commit, register, load }: Scene, minutes = 5): Promise<void> {
  await commit('weather', at(minutes));
  await register('weather', at(minutes));
  await load(loadOf(minutes + 1), [`raw/weather/${at(minutes)}`]);
}

const refusing = {
  send: (): Promise<never> => Promise.reject(awsError('AccessDeniedException', 'not allowed')),
};

async function compile(written: string): Promise<CompiledSource> {
  const loaded = await loadText(written);
  if (!loaded.ok) throw new Error('it has faults');
  return loaded.source;
}

describe('catchwater doctor', () => {
  it('has one line for each thing that is well, in groups, and ends with 0', async () => {
    const stack = scene();
    await well(stack);
    expect(await stack.run()).to.deep.equal({
      code: 0,
      err: '',
      out: [
        'account',
        '  OK    stack weather, account 000000000000, region eu-central-1: UPDATE_COMPLETE',
        '  OK    ledger weather-ledger answers',
        'source',
        `  OK    ${(await stack.checks())[2]?.what}`,
        '  OK    schedule rate(5 minutes) is on',
        '  OK    1 resource fetched in time',
        '  OK    no window stands still',
        '  OK    no slice is left out or behind in the last windows',
        '  OK    nothing suggests another cadence',
        '  OK    no gap is open',
        '  OK    nothing that has landed waits too long',
        '  OK    the last load, 2026-11-21 12:06, 2 min ago, went well',
        '  OK    no raw object is in quarantine',
        '  OK    no table stands between two generations',
        '  OK    raw objects are not compared with the ledger yet: that begins an hour after the first beat',
        '',
        '14 fine',
        '',
      ].join('\n'),
    });
  });

  const table: [
    what: string,
    parts: Partial<StackParts>,
    act: (stack: Scene) => Promise<unknown>,
    name: string,
    state: Check['state'],
    words: RegExp,
    fix?: RegExp,
  ][] = [
    [
      'a rolled back stack',
      { status: 'UPDATE_ROLLBACK_COMPLETE' },
      well,
      'stack',
      'WARN',
      /last deploy was taken back/,
    ],
    [
      'a stack that cannot go on',
      { status: 'UPDATE_ROLLBACK_FAILED' },
      well,
      'stack',
      'FAIL',
      /UPDATE_ROLLBACK_FAILED/,
    ],
    [
      'a stack in the middle of a deploy',
      { status: 'UPDATE_IN_PROGRESS' },
      well,
      'stack',
      'WARN',
      /IN_PROGRESS/,
    ],
    [
      'a source that cannot be read',
      { sourceError: 'AccessDenied' },
      well,
      'source',
      'FAIL',
      /cannot be read: AccessDenied/,
    ],
    [
      'a schedule that is off',
      { parameters: { ScheduleState: 'DISABLED' } },
      well,
      'schedule',
      'WARN',
      /is off/,
    ],
    ['windows two beats old', {}, (stack) => well(stack, -2), 'fetches', 'OK', /fetched in time/],
    [
      'windows older than two beats',
      {},
      (stack) => well(stack, -3),
      'fetches',
      'FAIL',
      /weather: the last window was committed 2026-11-21 11:57, 11 min ago; one is due every 5 min$/,
      /^aws logs tail \/aws\/lambda\/f --since 3h --region eu-central-1$/,
    ],
    [
      'old windows while the schedule is off',
      { parameters: { ScheduleState: 'DISABLED' } },
      (stack) => well(stack, -90),
      'fetches',
      'OK',
      /off/,
    ],
    [
      'a slower resource by its own pace',
      { source: resourceWith({ every_ms: 3_600_000 }) },
      (stack) => well(stack, -90),
      'fetches',
      'OK',
      /in time/,
    ],
    [
      'by the alarm where the cadence is a cron()',
      { parameters: { Cadence: 'cron(0 * * * ? *)' } },
      (stack) => well(stack, -170),
      'fetches',
      'OK',
      /in time/,
    ],
    [
      'beyond the alarm',
      { parameters: { Cadence: 'cron(0 * * * ? *)' } },
      (stack) => well(stack, -180),
      'fetches',
      'FAIL',
      /due every 2 h|due every 90 min/,
    ],
    [
      'what is fetched once',
      { source: resourceWith({ once: true }) },
      ({ commit }) =>
        commit(
          'weather',
          at(-500),
          window('a', { state: { value: { cursors: {}, done: true }, version: 0 } }),
        ),
      'fetches',
      'OK',
      /in time/,
    ],
    [
      'a resource that was never fetched',
      {},
      async () => undefined,
      'fetches',
      'WARN',
      /nothing was committed yet; the schedule's next beat is the first/,
    ],
    [
      'a resource that only failed',
      {},
      ({ fail }) => fail('weather', at(0), { error: '401' }),
      'fetches',
      'FAIL',
      /nothing was committed yet; the last try failed .*: 401/,
    ],
    [
      'a failure since the last window',
      {},
      async (stack) => {
        await well(stack, 0);
        await stack.fail('weather', at(5), { error: '503' });
      },
      'fetches',
      'WARN',
      /^weather: the last try failed 2026-11-21 12:05, 3 min ago: 503$/,
    ],
    [
      'a wait that the API asked for',
      {},
      async (stack) => {
        await well(stack, -30);
        await stack.pause('weather', at(-25), { reason: '429', notBefore: new Date(at(60)) });
      },
      'fetches',
      'WARN',
      /it waits until 2026-11-21 13:00/,
    ],
    [
      'a long window that has come a part of its way',
      {},
      async (stack) => {
        await well(stack, -80);
        await stack.pause('weather', at(-5), { position: {}, reason: 'its time is over' });
      },
      'fetches',
      'WARN',
      /committed .* 88 min ago; .*; the window of 2026-11-21 11:55 has come as far as one fetch could, and goes on$/,
    ],
    [
      'a late window that is being fetched',
      {},
      async (stack) => {
        await well(stack, -80);
        await stack.take('weather', at(7));
      },
      'fetches',
      'WARN',
      /the window of 2026-11-21 12:07 is being fetched$/,
    ],
    [
      'a pause that does not end',
      {},
      async (stack) => {
        await well(stack, -80);
        await stack.pause('weather', at(-75), { position: {}, reason: 'its time is over' });
      },
      'paused',
      'FAIL',
      /the window of 2026-11-21 10:45 is paused since .*, 83 min ago, and nothing newer comes before it: its time is over/,
      /aws logs tail/,
    ],
    [
      'a pause of a moment',
      {},
      ({ pause }) => pause('weather', at(0), { position: {}, reason: 'its time is over' }),
      'paused',
      'OK',
      /stands still/,
    ],
    [
      'slices left out',
      {},
      ({ commit }) => commit('weather', at(5), window('a', { skipped: [{ slice: 'Lima', error: '400' }] })),
      'slices',
      'WARN',
      /weather: 1 slice left out of the last window, such as Lima: 400/,
    ],
    [
      'slices that are behind',
      {},
      ({ commit }) => commit('weather', at(5), window('a', { behind: 4, reason: 'rate limit' })),
      'slices',
      'WARN',
      /weather: 4 slices not up to now: rate limit/,
    ],
    [
      'responses that mostly say nothing new',
      {},
      async ({ commit }) => {
        for (let minutes = -120; minutes <= 5; minutes += 5)
          await commit('weather', at(minutes), window('a', { objects: [], unchanged: 1 }));
      },
      'cadence',
      'WARN',
      /25 of 25 responses in 2 h .* Write every: PT30M/,
    ],
    [
      'gaps that nobody has acknowledged',
      {},
      ({ ledger }) => recordGap(ledger, { resource: 'weather', slice: '', from: 1, to: 5 }, now),
      'gaps',
      'FAIL',
      /1 gap: .*\(weather, 1 to 5\); once seen, catchwater ack \w{8} --stack weather/,
      /^catchwater gaps --stack weather$/,
    ],
    [
      'objects that wait too long',
      {},
      async ({ commit, register }) => {
        await commit('weather', at(-120));
        await register('weather', at(-120));
      },
      'waiting',
      'FAIL',
      /weather: 1 object, 1\.0 KB, wait to be loaded, the oldest since .*, 2 h ago; a load was due after 2 h/,
      /aws logs tail \/aws\/lambda\/d /,
    ],
    [
      'objects that wait for the load that runs',
      {},
      async ({ commit, register, load, dynamo }) => {
        await commit('weather', at(-120));
        await register('weather', at(-120));
        await load(loadOf(0), [], { state: 'started' });
        dynamo.put({ pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: [], load: loadOf(0) });
      },
      'waiting',
      'WARN',
      /load 2026-11-21T12:00:00Z-a1 is under way/,
    ],
    [
      'objects that wait for another generation',
      {},
      async ({ commit, register, dynamo }) => {
        await commit('weather', at(-120));
        await register('weather', at(-120));
        dynamo.put(tableBuilding('weather', { generation: 2, since: at(0), objects: 1 }));
      },
      'waiting',
      'OK',
      /./,
    ],
    [
      'a dispatcher that sleeps',
      {},
      ({ commit }) => commit('weather', at(-20)),
      'waiting',
      'FAIL',
      /1 committed window not on the list .*: the dispatch function does not wake, or fails/,
    ],
    [
      'a dead load',
      {},
      async ({ load, dynamo }) => {
        await load(loadOf(0), [], { state: 'failed', error: 'out of memory' });
        dynamo.put({ pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: [loadOf(0)] });
      },
      'loads',
      'WARN',
      /^1 load in a row died: out of memory$/,
    ],
    [
      'several of them',
      {},
      async ({ load, dynamo }) => {
        await load(loadOf(0), [], { state: 'failed', error: 'out of memory' });
        dynamo.put({
          pk: 'LEASE',
          sk: 'LEASE',
          token: 1,
          dead_loads: ['x', 'y', loadOf(0)],
          not_before: at(30),
        });
      },
      'loads',
      'FAIL',
      /^3 loads in a row died, the next one begins at 2026-11-21 12:30: out of memory$/,
    ],
    [
      'dead loads over what is not tried again yet',
      {},
      async ({ load, dynamo }) => {
        await load(loadOf(0), [], { state: 'failed', error: 'out of memory' });
        const lease = { pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: ['x', 'y', loadOf(0)] };
        dynamo.put({ ...lease, retry_not_before: at(30) });
      },
      'loads',
      'FAIL',
      /^3 loads in a row died, what they died over is tried again at 2026-11-21 12:30: out of memory$/,
    ],
    [
      'a raw object in quarantine',
      {},
      async ({ commit, register, quarantine }) => {
        await commit('weather', at(0));
        await register('weather', at(0));
        await quarantine(`raw/weather/${at(0)}`, new Date(at(5)));
      },
      'quarantine',
      'FAIL',
      /^1 raw object in quarantine, as the engine dies over it: nothing of raw\/weather\/.*Z is loaded since .*: out of memory$/,
      /^aws logs tail \/aws\/lambda\/d /,
    ],
    [
      'a load that hangs',
      {},
      async ({ load, dynamo }) => {
        await load(loadOf(-100), [], { state: 'started' });
        dynamo.put({ pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: [], load: loadOf(-100) });
      },
      'loads',
      'FAIL',
      /runs since .*, 2 h ago, longer than the job may/,
    ],
    [
      'a held table',
      {},
      ({ load }) => load(loadOf(0), [], { receipt: receiptOf({ held: ['weather'] }) }),
      'loads',
      'FAIL',
      /rows of weather broke a rule/,
      /^aws s3 ls s3:\/\/weather-staging\/quarantine\/ /,
    ],
    [
      'rows that did not fit',
      {},
      ({ load }) => load(loadOf(0), [], { receipt: receiptOf({ quarantined: 3 }) }),
      'loads',
      'WARN',
      /3 rows of the last load did not fit/,
    ],
    [
      'a generation that cannot go on',
      {},
      async ({ dynamo }) =>
        dynamo.put(
          tableBuilding('weather', {
            generation: 2,
            since: at(0),
            objects: 40,
            fault: '12 rows are missing',
          }),
        ),
      'generations',
      'FAIL',
      /generation 2 is being built since .* and has stopped: 12 rows are missing/,
      /^catchwater reprocess --stack weather --table weather$/,
    ],
  ];
  for (const [what, parts, act, name, state, words, fix] of table) {
    it(`judges ${what}: ${state}`, async () => {
      const stack = scene(parts);
      await act(stack);
      const found = (await stack.checks()).filter((check) => check.name === name);
      expect(found).to.have.length(1);
      expect(found[0]).to.include({ state });
      expect(found[0]?.what).to.match(words);
      if (fix) expect(found[0]?.fix).to.match(fix);
      const fails = (await stack.checks()).some((check) => check.state === 'FAIL');
      expect((await stack.run()).code).to.equal(fails ? 5 : 0);
    });
  }

  it('prints the command to go on with under what is wrong', async () => {
    const stack = scene();
    await well(stack, -3);
    const { code, out } = await stack.run();
    expect(code).to.equal(5);
    expect(out).to.match(/\n {2}FAIL {2}weather: the last window .*\n {8}→ aws logs tail .*\n/);
    expect(out).to.match(/\n\n13 fine, 1 failed\n$/);
  });

  it('goes on as far as it can when the ledger cannot be read', async () => {
    const stack = scene();
    const { code, out } = await stack.run({ ledger: { ...stack.ledger, dynamo: refusing } });
    expect(code).to.equal(5);
    expect(out).to.match(/FAIL {2}ledger weather-ledger cannot be read: AccessDeniedException: not allowed/);
    expect(out).to.match(/OK {4}sources\/samples-\w+\.json can be read/);
    expect(out).to.not.match(/fetched in time/);
  });

  describe('--source', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'catchwater-doctor-'));
    });
    after(() => rm(folder, { recursive: true }));

    const text = changed('{ file: cities.csv }', "[{ name: Oslo, lat: '60' }]");
    const judge = async (deployed: CompiledSource, written: string) => {
      const path = join(folder, 'weather.yaml');
      await writeFile(path, written);
      return (await scene({ source: deployed }).checks(path)).find(({ name }) => name === 'source');
    };
    it('is what is deployed', async () => {
      const check = await judge(await compile(text), text);
      expect(check).to.include({ state: 'OK' });
      expect(check?.what).to.match(/is what .*weather\.yaml says$/);
    });

    it('is what is deployed with another base_url', async () => {
      const deployed = await compile(text);
      const elsewhere = { ...deployed, client: { ...deployed.client, base_url: 'http://127.0.0.1:1/' } };
      expect((await judge(elsewhere, text))?.what).to.match(
        /says, with the base_url http:\/\/127\.0\.0\.1:1\/$/,
      );
    });

    it('is another one', async () => {
      const check = await judge(await compile(text), changed('limit: 5', 'limit: 6', text));
      expect(check).to.include({
        state: 'FAIL',
        fix: `catchwater check ${join(folder, 'weather.yaml')} --against weather`,
      });
    });

    it('is refused when it has faults, before AWS is asked', async () => {
      const path = join(folder, 'broken.yaml');
      await writeFile(path, 'version: 7\n');
      expect(await rejection(scene().run({ sourcePath: path }))).to.be.instanceOf(ConfigError);
    });
  });
});
