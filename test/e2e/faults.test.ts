import { expect } from 'chai';
import type { Misbehaviour } from '../../local/sample-api/misbehave.ts';
import { startSampleApi, type SampleApi } from '../../local/sample-api/start-sample-api.ts';
import type { Receipt } from '../../pipeline/receipt.ts';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { listFiles } from '../support/read-table.ts';

const forever = 10_000;

/** What the API does for the whole of a fetch, and what the failed fetch must say about it. */
const faults: [what: string, fault: Misbehaviour, said: RegExp][] = [
  ['answers 500', { status: 500, body: { error: 'down' } }, /500/],
  ['answers text in a 200', { status: 200, body: 'Unexpected error while streaming data' }, /text|JSON/i],
  ['cuts its JSON short in a 200', { truncate: true }, /JSON/i],
  ['cuts the connection', { reset: true }, /terminated|closed|reset|aborted|socket/i],
  [
    'says in a 200 that it failed',
    { status: 200, body: { error: true, reason: 'The sky fell' } },
    /The sky fell/,
  ],
];

describe('an API that misbehaves', function () {
  this.timeout(300_000);
  let stack: LocalStack;
  let tick = 0;

  const raw = () => listFiles(stack.clients.s3, stack.outputs['StagingBucket'] ?? '', 'raw/');
  /** One minute later each time, as the schedule would have it. */
  const nextTick = () => new Date(Date.UTC(2026, 10, 21, 10, (tick += 1))).toISOString();

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => stack?.destroy());
  afterEach(() => stack.api.behave());

  for (const [what, fault, said] of faults) {
    it(`lands nothing when it ${what}, says so, and catches up at the next tick`, async () => {
      const landed = await raw();
      stack.api.misbehave({ ...fault, times: forever });
      const failed = await stack.fetch(nextTick());
      expect(failed.error).to.match(said);
      const record = (await stack.fetches('hourly_weather')).at(-1);
      expect(record).to.include({ state: 'failed' });
      expect(record?.error).to.match(said);
      const committed = (await stack.fetches('hourly_weather')).flatMap((fetch) => fetch.objects ?? []);
      expect(committed).to.have.length(landed.length);

      stack.api.behave();
      expect(await stack.fetch(nextTick())).to.deep.equal({});
      const next = (await stack.fetches('hourly_weather')).at(-1);
      expect(next).to.include({ state: 'committed' });
    });
  }

  it('waits out one slow answer and one 429 with Retry-After within the same fetch', async () => {
    stack.api.misbehave({ delayMs: 1500 });
    stack.api.misbehave({ status: 429, body: { error: true, reason: 'Too many' }, retryAfter: '1' });
    expect(await stack.fetch(nextTick())).to.deep.equal({});
    expect((await stack.fetches('hourly_weather')).at(-1)).to.include({ state: 'committed' });
  });

  it('turns every committed window, and nothing else, into rows', async () => {
    const windows = (await stack.fetches('hourly_weather')).filter(({ state }) => state === 'committed');
    const closed = await stack.untilLoaded(windows.length);
    const sum = (count: (receipt: Receipt) => number) =>
      closed.reduce((total, { receipt }) => total + (receipt ? count(receipt) : 0), 0);
    expect(closed.map(({ receipt }) => receipt?.balanced)).to.not.include(false);
    expect(sum(({ quarantined }) => quarantined)).to.equal(0);
    expect(sum(({ inserted }) => inserted)).to.equal(stack.api.served().distinct);
  });

  // The last one: what the API has said holds for the whole hour.
  it('stops cleanly when it is asked to wait for an hour, and asks nothing more in it', async () => {
    stack.api.misbehave({ status: 429, body: { error: true, reason: 'Too many' }, retryAfter: '3600' });
    expect(await stack.fetch(nextTick())).to.deep.equal({});
    expect((await stack.fetches('hourly_weather')).at(-1)?.state).to.not.equal('committed');
    const { requests } = stack.api.served();
    expect(await stack.fetch(nextTick())).to.deep.equal({});
    expect(stack.api.served().requests).to.equal(requests);
  });
});

describe('an API that is down', function () {
  this.timeout(120_000);
  let stack: LocalStack;
  let again: SampleApi | undefined;

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => {
    await again?.stop();
    await stack?.destroy();
  });

  it('fails the fetch in words, and the tick after it is up again lands', async () => {
    const port = Number(new URL(stack.api.url).port);
    await stack.api.stop();
    const failed = await stack.fetch('2026-11-21T10:01:00Z');
    expect(failed.error).to.match(/connection failed.*ECONNREFUSED/);
    expect((await stack.fetches('hourly_weather')).at(-1)).to.include({ state: 'failed' });

    again = await startSampleApi({ port });
    expect(await stack.fetch('2026-11-21T10:02:00Z')).to.deep.equal({});
    expect((await stack.fetches('hourly_weather')).at(-1)).to.include({ state: 'committed' });
  });
});
