import type { GetJobRunCommandOutput } from '@aws-sdk/client-glue';
import { expect } from 'chai';
import { followCycle, type FollowDeps } from '../../../local/follow-cycle.ts';
import type { LoadState } from '../../../pipeline/ledger/items.ts';
import { makeReceipt } from '../../../pipeline/receipt.ts';
import { rejection } from '../../support/rejection.ts';
import { readableLedger, type ReadableLedger } from './readable-ledger.ts';

const scheduledAt = '2026-11-21T10:05:00Z';
const key = 'raw/weather/a.ndjson.gz';
const load = '20261121T100509000Z-1a2b';

/** One entry for each look: what has become true since the look before. */
type Script = ((ledger: ReadableLedger) => void)[];

function follow(script: Script, { resources = ['weather'] }: { resources?: string[] } = {}) {
  const ledger = readableLedger();
  const said: string[] = [];
  let clock = Date.parse('2026-11-21T10:04:00Z');
  let jobState = 'RUNNING';
  const deps: FollowDeps = {
    ledger,
    resources,
    jobName: 'weather-job',
    beatMs: 120_000,
    glue: {
      send: () =>
        Promise.resolve({
          $metadata: {},
          JobRun: { JobRunState: jobState, ExecutionTime: 7 },
        } as GetJobRunCommandOutput),
    },
    talk: {
      say: (step, text) => said.push(`${step}: ${text}`),
      warn: (step, text) => said.push(`! ${step}: ${text}`),
      waiting: () => undefined,
      end: () => undefined,
    },
    now: () => new Date(clock),
    pause: () => {
      clock += 1000;
      script.shift()?.(ledger);
      return Promise.resolve();
    },
  };
  return { said, run: followCycle('2026-11-21T10:04:00Z', deps), end: (state: string) => (jobState = state) };
}

const fetch =
  (state: string, more: object = {}, resource = 'weather') =>
  (ledger: ReadableLedger) =>
    ledger.put({
      pk: `FETCH#${resource}#all`,
      sk: `AT#${scheduledAt}`,
      resource,
      slice: 'all',
      scheduled_at: scheduledAt,
      started_at: '2026-11-21T10:05:01.000Z',
      state,
      ...more,
    });
const committed = fetch('committed', {
  objects: [{ key, bytes: 1234 }],
  requests: 2,
  bytes: 1234,
});
const registered = (ledger: ReadableLedger) =>
  ledger.put({ pk: `OBJECT#${key}`, sk: 'OBJECT', key, state: 'pending' });
const taken = (ledger: ReadableLedger) =>
  ledger.put({ pk: `OBJECT#${key}`, sk: 'OBJECT', key, state: 'done', load });
const receipt = makeReceipt([], []);
const loaded =
  (state: LoadState, more: object = {}, id = load) =>
  (ledger: ReadableLedger) =>
    ledger.put({ pk: 'LOAD', sk: id, load: id, state, objects: 1, bytes: 1234, ...more });

describe('following a cycle', () => {
  it('says each step once, from the schedule to the closed load', async () => {
    const { said, run } = follow([
      fetch('fetching'),
      committed,
      registered,
      loaded('prepared'),
      loaded('started', { job_run_id: 'jr_1' }),
      () => undefined,
      loaded('committed', { job_run_id: 'jr_1', receipt }),
      taken,
      loaded('closed', { job_run_id: 'jr_1', receipt }),
    ]);
    const cycle = await run;
    expect(said).to.deep.equal([
      'schedule: fired for 10:05:00 UTC',
      'fetch: weather: 2 requests → 1 raw object, 1.2 KB gzipped',
      `load: ${load}: 1 raw object, 1.2 KB`,
      'glue: job weather-job runs as jr_1',
      `load: ${load} committed, the catalog is up to date`,
    ]);
    expect(cycle.scheduledAt).to.equal(scheduledAt);
    expect(cycle.loads.map((item) => item.load)).to.deep.equal([load]);
  });

  it('passes over fetches of earlier beats', async () => {
    const { run } = follow([
      (ledger) =>
        ledger.put({ pk: 'FETCH#weather#all', sk: 'AT#2026-11-21T10:04:00Z', scheduled_at: 'earlier' }),
      (ledger) => ledger.put({ pk: 'FETCH#weather#all', sk: 'WINDOW' }),
      fetch('failed', { error: 'the API is down' }),
    ]);
    expect((await run).scheduledAt).to.equal(scheduledAt);
  });

  it('gives failed fetches as failed, with their reason said', async () => {
    const { said, run } = follow([fetch('failed', { error: 'HTTP 500 five times' })]);
    const cycle = await run;
    expect(said).to.include('! fetch: weather failed: HTTP 500 five times');
    expect([cycle.fetches, cycle.loads, cycle.failed.length]).to.deep.equal([[], [], 1]);
  });

  it('waits for every resource that the beat fetches', async () => {
    const { run } = follow([fetch('failed', {}, 'a'), fetch('fetching', {}, 'b'), fetch('failed', {}, 'b')], {
      resources: ['a', 'b', 'not due'],
    });
    expect((await run).failed.map((item) => item.resource)).to.deep.equal(['a', 'b']);
  });

  it('follows the load that took the objects, not one that failed before it', async () => {
    const dead = '20261121T100508000Z-dead';
    const { said, run } = follow([
      committed,
      registered,
      loaded('failed', { error: 'the job died', receipt: { ...receipt, balanced: false } }, dead),
      loaded('started', { job_run_id: 'jr_2' }),
      taken,
      loaded('closed', { receipt }),
    ]);
    expect((await run).loads.map((item) => item.load)).to.deep.equal([load]);
    expect(said).to.include(`! load: ${dead} failed: the job died`);
    expect(said.join('\n')).to.not.include(`${dead} committed`);
  });

  it('gives up after three loads that failed', async () => {
    const failed = [1, 2, 3].map((number) =>
      loaded('failed', { error: 'the job died' }, `20261121T10060${number}-x`),
    );
    const { run } = follow([committed, registered, ...failed]);
    const error = await rejection(run);
    expect(error).to.include({ name: 'StalledError', step: 'load' });
    expect(error.message).to.equal('3 loads in a row failed, the last one: the job died');
  });

  const stalls: [string, Script, string][] = [
    ['schedule', [], 'waiting for the schedule to fire'],
    ['fetch', [fetch('fetching')], 'fetching weather'],
    ['dispatch', [committed], 'waiting for the dispatcher to register 1 raw object'],
    ['load', [committed, registered], 'waiting for the dispatcher to start a load'],
  ];
  for (const [step, script, doing] of stalls) {
    it(`names the step '${step}' when it stalls there`, async () => {
      const error = await rejection(follow(script).run);
      expect(error).to.include({ name: 'StalledError', step });
      expect(error.message).to.match(new RegExp(`stalled at the step '${step}' for \\d+ s: ${doing}`));
    });
  }

  it('says how a Glue run ended', async () => {
    const followed = follow([
      committed,
      registered,
      loaded('started', { job_run_id: 'jr_3' }),
      () => followed.end('FAILED'),
      () => undefined,
      taken,
      loaded('closed', { receipt }),
    ]);
    await followed.run;
    expect(followed.said).to.include('! glue: run FAILED after 7 s: ');
  });
});
