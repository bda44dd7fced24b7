import { GetJobRunCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { receiptKey, type ReceiptDocument } from '../../pipeline/receipt-document.ts';
import { projectPartitions } from '../../pipeline/table/project-partitions.ts';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { listFiles, queryFiles, type StoredFile } from '../support/read-table.ts';
import { rewriteFile } from '../support/rewrite-file.ts';
import { takeAway } from '../support/take-away.ts';

const table = 'hourly_weather';
/** Set by the tests: the sample API answers for the 24 hours before it. */
let clock = new Date('2026-11-21T10:20:00Z');

const sum = (values: unknown[]) => values.reduce((total: number, value) => total + Number(value ?? 0), 0);
const hours = (times: number[]) => [...new Set(times)].toSorted((one, other) => one - other);

describe('one copy of every hour', function () {
  this.timeout(300_000);
  let stack: LocalStack;
  let first: StoredFile[];
  let firstLoad: string;

  const files = () => listFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', `${table}/`);
  const query = (sql: string) =>
    queryFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', { prefix: `${table}/`, sql });

  const receiptOf = async (load: string): Promise<ReceiptDocument> => {
    const place = { Bucket: stack.outputs['StagingBucket'], Key: receiptKey(load) };
    const { Body } = await stack.clients.s3.send(new GetObjectCommand(place));
    return JSON.parse((await Body?.transformToString()) ?? '') as ReceiptDocument;
  };

  before(async () => {
    stack = await deployLocalStack({ now: () => clock });
    expect(await stack.fetch('2026-11-21T10:20:00Z')).to.deep.equal({});
    const load = await stack.untilLoad('closed');
    firstLoad = load.load;
    first = await files();
  });
  after(async () => stack?.destroy());

  it('stores exactly the rows that the API served', async () => {
    const rows = await query(
      'select city, epoch(time)::bigint as time, temperature_2m from {files} order by 1, 2',
    );
    const served = stack.api.servedRecords();
    expect(rows).to.have.length(served.length);
    expect(sum(rows.map((row) => row['temperature_2m']))).to.be.closeTo(
      sum(served.map((record) => record.values['temperature_2m'])),
      1e-6,
    );
    expect(hours(rows.map((row) => Number(row['time'])))).to.deep.equal(
      hours(served.map(({ time }) => time)),
    );
  });

  it('stores every row in the partition of its own UTC hour', async () => {
    const strays = await query(
      `select filename, time from {files} where strftime(time, 'year=%Y/month=%m/day=%d/hour=%H')
         <> regexp_extract(filename, 'year=.*/hour=[0-9]+')`,
    );
    expect(strays).to.deep.equal([]);
  });

  it('balances the receipt against what was served', async () => {
    const [load] = await stack.loads();
    expect(load?.receipt).to.include({ balanced: true, rowsParsed: stack.api.served().rows, quarantined: 0 });
    expect(load?.receipt?.inserted).to.equal(stack.api.served().distinct);
    expect(load?.receipt?.checked, 'files counted again').to.equal(first.length);
    const landed = (await stack.fetches(table)).flatMap((fetch) => fetch.objects ?? []);
    expect(load?.receipt?.lines).to.equal(sum(landed.map(({ lines }) => lines)));
    const document = await receiptOf(load?.load ?? '');
    expect(document).to.deep.include({ ...load?.receipt });
    expect(document.tables.map((each) => each.table)).to.deep.equal([table]);
  });

  it('projects exactly the partitions that were written', async () => {
    const answer = await stack.clients.glue.send(
      new GetTableCommand({ DatabaseName: stack.outputs['Database'], Name: table }),
    );
    const projected = new Set(
      projectPartitions({
        partitionKeys: (answer.Table?.PartitionKeys ?? []).map((key) => key.Name ?? ''),
        parameters: answer.Table?.Parameters ?? {},
      }),
    );
    const written = first.map(
      ({ key }) => `s3://${stack.outputs['CuratedBucket']}/${key.replace(/[^/]+$/, '')}`,
    );
    expect(written).to.have.length.greaterThan(0);
    expect(written.filter((location) => !projected.has(location))).to.deep.equal([]);
  });

  it('writes nothing when the same raw objects go through the engine again', async () => {
    const objects = (await stack.fetches(table)).flatMap((fetch) => fetch.objects ?? []);
    for (const { key } of objects) {
      await stack.clients.ledger.send(
        new UpdateCommand({
          TableName: stack.outputs['LedgerTable'],
          Key: { pk: `OBJECT#${key}`, sk: 'OBJECT' },
          UpdateExpression: 'SET #state = :pending, #work = :shard, work_at = :since',
          ExpressionAttributeNames: { '#state': 'state', '#work': 'work' },
          ExpressionAttributeValues: {
            ':pending': 'pending',
            ':shard': 'object#00',
            ':since': '2026-11-21T10:20:00.000Z',
          },
        }),
      );
    }
    const load = await stack.untilLoad('closed', [firstLoad]);
    expect(load.receipt).to.include({ balanced: true, inserted: 0, updated: 0, filesWritten: 0 });
    expect(load.receipt?.duplicate).to.equal(load.receipt?.rowsParsed);
    expect(await files()).to.deep.equal(first);
  });

  it('touches only the hours that a later answer reaches', async () => {
    clock = new Date('2026-11-21T12:20:00Z');
    const known = (await stack.loads()).map(({ load }) => load);
    expect(await stack.fetch('2026-11-21T12:20:00Z')).to.deep.equal({});
    const load = await stack.untilLoad('closed', known);
    expect(load.receipt?.balanced).to.equal(true);
    const [counted] = await query(
      'select count(*) as rows, count(distinct (city, time)) as keys from {files}',
    );
    expect(Number(counted?.['rows'])).to.equal(stack.api.served().distinct);
    expect(Number(counted?.['keys'])).to.equal(stack.api.served().distinct);
    const [oldest] = first;
    const now = await files();
    expect(now).to.have.length(first.length + 2);
    expect(now.find(({ key }) => key === oldest?.key)).to.deep.equal(oldest);
  });

  /** The engine has ended, and nobody has judged its load yet. */
  async function untilWritten(known: string[]): Promise<LoadItem> {
    for (;;) {
      await stack.wake().catch(() => undefined);
      const load = (await stack.loads()).find((each) => !known.includes(each.load));
      const run = { JobName: stack.outputs['GlueJob'], RunId: load?.job_run_id };
      const answer = run.RunId ? await stack.clients.glue.send(new GetJobRunCommand(run)) : undefined;
      if (load && answer?.JobRun?.JobRunState === 'SUCCEEDED') return load;
      await wait(500);
    }
  }

  it('fails a load of which a file was replaced before it was judged, and mends it with the next', async () => {
    clock = new Date('2026-11-21T13:20:00Z');
    const known = (await stack.loads()).map(({ load }) => load);
    const before = new Set((await files()).map(({ key }) => key));
    // The dispatcher starts the engine, and does not see that it ends.
    const restore = await takeAway(stack, 'DispatchRole', 'glue:GetJobRun');
    expect(await stack.fetch('2026-11-21T13:20:00Z')).to.deep.equal({});
    const written = await untilWritten(known);
    const key = (await files()).find((file) => !before.has(file.key))?.key ?? '';
    await rewriteFile(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', key);
    await restore();

    const failed = await stack.untilLoad('failed', known);
    expect(failed.load).to.equal(written.load);
    const fault = `${table}: ${key} is not the file that the engine has stored`;
    expect(failed.error).to.equal(`the receipt does not balance: ${fault}`);
    expect(await receiptOf(failed.load)).to.deep.include({ balanced: false, faults: [fault] });

    const mended = await stack.untilLoad('closed', known);
    expect(mended).to.deep.include({ recovers: [failed.load], objects: failed.objects });
    expect(mended.receipt).to.include({ balanced: true });
    const [counted] = await query('select count(*) as rows from {files}');
    expect(Number(counted?.['rows'])).to.equal(stack.api.served().distinct);
  });
});
