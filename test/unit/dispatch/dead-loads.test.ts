import { expect } from 'chai';
import type { ReceiptDocument } from '../../../pipeline/receipt-document.ts';
import { dispatchScene, minute, type DispatchScene } from '../../support/dispatch-scene.ts';
import { parquetFile } from '../../support/parquet-file.ts';

describe('a run that does not end well', () => {
  let aws: DispatchScene;
  beforeEach(async () => {
    aws = dispatchScene();
    aws.land();
    await aws.wake();
  });

  for (const state of ['FAILED', 'ERROR', 'TIMEOUT', 'STOPPED', 'EXPIRED'] as const) {
    it(`${state}: fails the load with Glue's words and tries again at once`, async () => {
      const [first] = aws.runs;
      aws.die(aws.run(), state);
      await aws.wake();
      expect(aws.failure()).to.equal(`Glue run ${first?.Id} is ${state}: out of memory`);
      const [dead, next] = aws.loads();
      expect(dead).to.include({ state: 'failed', error: aws.failure() });
      expect(next).to.deep.include({ state: 'started', token: 2, recovers: [dead?.load] });
      expect((await aws.manifestOf(aws.run())).header.recovers).to.deep.equal([dead?.load]);
      expect(aws.rawObjects().map(({ attempts, state: is }) => [attempts, is])).to.deep.equal(
        Array.from({ length: 3 }, () => [1, 'pending']),
      );
      await aws.succeed(aws.run());
      await aws.wake();
      expect(aws.objectStates()).to.deep.equal(['done', 'done', 'done']);
      expect(aws.lease()?.dead_loads).to.deep.equal([]);
    });
  }

  for (const state of ['STARTING', 'RUNNING', 'STOPPING', 'WAITING'] as const) {
    it(`${state}: waits`, async () => {
      aws.run().JobRunState = state;
      await aws.wake();
      expect(aws.loadStates()).to.deep.equal(['started']);
    });
  }

  it('fails a load whose run succeeded and left no report', async () => {
    aws.run().JobRunState = 'SUCCEEDED';
    await aws.wake();
    expect(aws.failure()).to.match(/^the run succeeded and left no report at s3:\/\/staging\/loads\//);
  });

  it('fails a load whose report is cut short', async () => {
    const active = aws.run();
    const manifest = await aws.manifestOf(active);
    await aws.succeed(active);
    const bytes = aws.objects.get(manifest.header.report_key) ?? Buffer.alloc(0);
    aws.objects.set(manifest.header.report_key, bytes.subarray(0, bytes.length - 20));
    await aws.wake();
    expect(aws.failure()).to.match(
      /^the report at .* cannot be read, near line \d+: unexpected end of file$/,
    );
    expect(aws.objectStates()).to.deep.equal(['pending', 'pending', 'pending']);
  });

  it('fails a load whose receipt does not balance, and leaves the catalog alone', async () => {
    await aws.report((lines) =>
      lines.map((line) => (line.kind === 'file' ? { ...line, inserted: 29 } : line)),
    );
    await aws.wake();
    expect(aws.failure()).to.match(
      /^the receipt does not balance: weather: 30 rows parsed, but 29 accounted for/,
    );
    expect([...aws.tables]).to.deep.equal([]);
    expect(aws.events).to.deep.equal([]);
  });

  it('keeps an unbalanced receipt, in the ledger and for people, and every object', async () => {
    await aws.report((lines) => lines.map((line) => (line.kind === 'object' ? { ...line, lines: 2 } : line)));
    await aws.wake();
    const [load] = aws.loads();
    expect(load).to.include({ state: 'failed', error: aws.failure() });
    expect(load?.receipt).to.include({ balanced: false, lines: 6 }).and.not.have.property('checked');
    expect(load?.receipt?.faults[0]).to.match(/^weather: raw\/weather\/.*: 1 lines landed, 2 read$/);
    const document = JSON.parse(
      String(aws.objects.get(`loads/${load?.load}/receipt.json`)),
    ) as ReceiptDocument;
    expect(document).to.deep.include({ v: 1, load: load?.load, ...load?.receipt });
    expect(document.tables).to.have.length(1);
    expect(aws.objectStates()).to.deep.equal(['pending', 'pending', 'pending']);
  });

  const behindItsBack: [what: string, change: (key: string) => void, fault: RegExp][] = [
    [
      'replaced by one of as many rows',
      (key) => aws.objects.set(key, Buffer.concat([Buffer.from('PAR1'), parquetFile(30)])),
      /part-0.parquet is not the file that the engine has stored$/,
    ],
    ['deleted', (key) => void aws.objects.delete(key), /part-0.parquet is not there$/],
  ];
  for (const [what, change, fault] of behindItsBack) {
    it(`fails a load of which a file was ${what} behind the engine's back`, async () => {
      await aws.succeed(aws.run());
      change('weather/year=2026/month=11/day=21/hour=10/part-0.parquet');
      await aws.wake();
      expect(aws.failure()).to.match(/^the receipt does not balance: weather: weather\/year=2026\//);
      expect(aws.failure()).to.match(fault);
      expect(aws.loads()[0]?.receipt).to.include({ balanced: false, checked: 1 });
      expect(aws.objectStates()).to.deep.equal(['pending', 'pending', 'pending']);
      expect([...aws.tables], 'the catalog').to.deep.equal([]);
      expect(aws.events).to.deep.equal([]);
      // The next load finds what there is, and mends it.
      await aws.succeed(aws.run());
      await aws.wake();
      expect(aws.objectStates()).to.deep.equal(['done', 'done', 'done']);
    });
  }

  it('keeps the receipt of the failure, where a slower wake-up has found nothing wrong', async () => {
    await aws.succeed(aws.run());
    const [load] = aws.loads();
    let overtaken = false;
    await aws.wake(undefined, {}, async (call, effect) => {
      if (call === 'PutObjectCommand' && !overtaken) {
        overtaken = true;
        aws.objects.delete('weather/year=2026/month=11/day=21/hour=10/part-0.parquet');
        await aws.wake();
      }
      return effect();
    });
    expect(overtaken).to.equal(true);
    expect(aws.loads()[0]).to.include({ load: load?.load, state: 'failed' });
    expect(JSON.parse(String(aws.objects.get(`loads/${load?.load}/receipt.json`)))).to.include({
      balanced: false,
    });
  });

  it('stops a run that is long over its time limit, and waits for its end', async () => {
    aws.clock += 76 * minute;
    await aws.wake();
    expect(aws.run().JobRunState).to.equal('STOPPING');
    await aws.wake();
    expect(aws.loadStates()).to.deep.equal(['started']);
    aws.die(aws.run(), 'STOPPED');
    await aws.wake();
    expect(aws.loadStates()).to.deep.equal(['failed', 'started']);
  });

  it('gives up a run that Glue does not know, but not one that it may not show yet', async () => {
    aws.runs.length = 0;
    await aws.wake();
    expect(aws.loadStates()).to.deep.equal(['started']);
    aws.clock += 11 * minute;
    await aws.wake();
    expect(aws.failure()).to.equal('Glue does not know the run jr_1 any more');
  });

  it('slows down after three dead loads in a row', async () => {
    for (let count = 1; count <= 3; count += 1) {
      aws.die(aws.run());
      await aws.wake();
    }
    expect(aws.activeRun()).to.equal(undefined);
    aws.clock += 14 * minute;
    await aws.wake();
    expect(aws.runs).to.have.length(3);
    aws.clock += minute;
    await aws.wake();
    expect(aws.runs).to.have.length(4);
    expect((await aws.manifestOf(aws.run())).header.recovers).to.have.length(3);
    await aws.succeed(aws.run());
    await aws.wake();
    // The other half is tried next; what the dead loads have left is still told to it.
    expect(aws.lease()).to.include({ token: 5, load: aws.loads().at(-1)?.load });
    expect(aws.lease()).to.not.have.any.keys('not_before', 'retry_not_before', 'stalled', 'fresh_deaths');
    for (let half = 0; half < 2; half += 1) {
      expect((await aws.manifestOf(aws.run())).header.recovers).to.have.length(3);
      await aws.succeed(aws.run());
      await aws.wake();
    }
    const dead = aws.loads().slice(0, 3);
    expect(aws.lease()).to.deep.equal({
      pk: 'LEASE',
      sk: 'LEASE',
      token: 6,
      dead_loads: [],
      recovers: dead.map(({ load }) => load),
    });
  });
});
