import { expect } from 'chai';
import { checkFiles, type FileCheck } from '../../../functions/dispatch/check-files.ts';
import type { LoadItem } from '../../../pipeline/ledger/items.ts';
import { readLoad } from '../../../pipeline/ledger/load.ts';
import { makeReceipt, noCounts } from '../../../pipeline/receipt.ts';
import type { TouchedFile } from '../../../pipeline/sum-report.ts';
import { settings } from '../../support/fake-aws.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { loadItem } from '../../support/ledger-cases/loads.ts';
import { etagOf, parquetFile } from '../../support/parquet-file.ts';
import { rejection } from '../../support/rejection.ts';

const keyOf = (number: number): string => `weather/day=${String(number).padStart(5, '0')}/part-0.parquet`;

/** So many files of three rows, in a bucket that answers as S3 does. */
function scene(many: number) {
  const bytes = parquetFile(3);
  const files = Array.from({ length: many }, (_, number): TouchedFile => ({
    table: 'weather',
    key: keyOf(number),
    etag: etagOf(bytes),
    rows: 3,
  }));
  const stored = new Map(files.map(({ key }) => [key, bytes]));
  let atOnce = 0;
  const world = {
    files,
    stored,
    clock: 0,
    /** Called before each answer. */
    answering: (_key: string): void => undefined,
    asked: [] as string[],
    most: 0,
    logs: [] as unknown[],
  };
  const s3 = fakeClient({
    GetObjectCommand: async ({ Key, IfMatch }: { Key: string; IfMatch: string }) => {
      atOnce += 1;
      world.most = Math.max(world.most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      world.answering(Key);
      world.asked.push(Key);
      const bytesThere = stored.get(Key);
      if (!bytesThere) throw awsError('NoSuchKey');
      if (IfMatch !== etagOf(bytesThere)) throw awsError('PreconditionFailed');
      return { ETag: IfMatch, Body: { transformToByteArray: async () => bytesThere } };
    },
  });
  const dynamo = fakeDynamo();
  const ledger = { table: 'ledger', dynamo };
  dynamo.put({ ...loadItem('L1', 1), state: 'started' });
  const item = async (): Promise<LoadItem> => (await readLoad(ledger, 'L1')) as LoadItem;
  return Object.assign(world, {
    dynamo,
    item,
    check: async (): Promise<FileCheck | 'under way'> => {
      const receipt = makeReceipt([{ ...noCounts(), files: many, rowsAfter: many * 3 }], []);
      return checkFiles(await item(), { files, receipt }, settings, {
        s3,
        ledger,
        now: () => new Date(world.clock),
        log: (event, fields) => void world.logs.push({ event, ...fields }),
      });
    },
  });
}

describe('checkFiles', () => {
  it('counts every file again, 64 of them at once, and notes nothing of few', async () => {
    const world = scene(300);
    expect(await world.check()).to.deep.equal({ checked: 300, faults: [] });
    expect(world.asked.toSorted()).to.deep.equal(world.files.map(({ key }) => key));
    expect(world.most).to.equal(64);
    expect(await world.item()).to.not.have.property('checked');
  });

  it('has nothing to say against a load that touched no file', async () => {
    expect(await scene(0).check()).to.deep.equal({ checked: 0, faults: [] });
  });

  const faults: [what: string, change: (world: ReturnType<typeof scene>) => void, fault: string][] = [
    ['is not there', ({ stored }) => stored.delete(keyOf(7)), 'is not there'],
    [
      'is another one',
      ({ stored }) => stored.set(keyOf(7), parquetFile(4)),
      'is not the file that the engine has stored',
    ],
    [
      'has other rows than the report says',
      ({ files }) => files.splice(7, 1, { ...file(7), rows: 4 }),
      'holds 3 rows, where the report says 4',
    ],
    ['has no ETag', ({ files }) => files.splice(7, 1, { ...file(7), etag: '' }), 'has no ETag in the report'],
  ];
  for (const [what, change, fault] of faults) {
    it(`names a file that ${what}`, async () => {
      const world = scene(10);
      change(world);
      expect(await world.check()).to.deep.equal({ checked: 10, faults: [`weather: ${keyOf(7)} ${fault}`] });
    });
  }

  it('names a file that is no Parquet file', async () => {
    const world = scene(1);
    const text = Buffer.from('a,b\n1,2\n');
    world.stored.set(keyOf(0), text);
    world.files.splice(0, 1, { ...file(0), etag: etagOf(text) });
    expect(await world.check()).to.deep.equal({
      checked: 1,
      faults: [`weather: s3://curated/${keyOf(0)} cannot be counted: it is no Parquet file`],
    });
  });

  it('takes no answer for a fault that says nothing about the file', async () => {
    const world = scene(3);
    world.answering = () => {
      throw awsError('AccessDenied', 'not allowed');
    };
    expect((await rejection(world.check())).message).to.equal('not allowed');
    expect(await world.item()).to.include({ state: 'started' });
  });

  it('goes on over wake-ups where there are thousands, and asks for none twice', async () => {
    const world = scene(2500);
    const slow = (): void => void (world.clock += 200);
    world.answering = slow;
    expect(await world.check()).to.equal('under way');
    expect((await world.item()).checked).to.deep.equal({ files: 1000, rows: 3000, after: keyOf(999) });
    expect(world.logs).to.deep.equal([
      { event: 'load waiting', load: 'L1', reason: '1000 of 2500 files are checked' },
    ]);
    expect(await world.check()).to.equal('under way');
    expect(await world.check()).to.deep.equal({ checked: 2500, faults: [] });
    expect(world.asked.toSorted()).to.deep.equal(world.files.map(({ key }) => key));
  });

  it('goes on where a wake-up was killed, and finds what that one had found', async () => {
    const world = scene(2500);
    world.stored.delete(keyOf(1700));
    world.answering = (key) => {
      if (key === keyOf(1800)) throw new Error('killed');
    };
    expect((await rejection(world.check())).message).to.equal('killed');
    world.answering = () => undefined;
    world.asked.length = 0;
    expect(await world.check()).to.deep.equal({
      checked: 2000,
      faults: [`weather: ${keyOf(1700)} is not there`],
    });
    expect(world.asked).to.have.length(1000);
  });

  it('finds a report that is another one than the wake-up before has read', async () => {
    const world = scene(2500);
    world.answering = () => void (world.clock += 200);
    expect(await world.check()).to.equal('under way');
    world.dynamo.put({ ...(await world.item()), checked: { files: 1000, rows: 2999, after: keyOf(999) } });
    world.answering = () => undefined;
    const found = (await world.check()) as FileCheck;
    expect(found.faults.join()).to.match(/^2500 files with 7499 rows were checked, .* names 2500 with 7500/);
  });

  it('stops where another wake-up has decided', async () => {
    const world = scene(1500);
    world.answering = () => world.dynamo.put({ ...loadItem('L1', 1), state: 'closed' });
    expect(await world.check()).to.equal('under way');
    expect(await world.item()).to.not.have.property('checked');
  });
});

function file(number: number): TouchedFile {
  return { table: 'weather', key: keyOf(number), etag: etagOf(parquetFile(3)), rows: 3 };
}
