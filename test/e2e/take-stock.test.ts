/** Behind the pipeline's back a registration is lost, and raw objects go: it is noticed, mended, and told of. */
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import type { StockStatus } from '../../deploy/status/read-stock.ts';
import type { LandedObject, ObjectItem, StockItem } from '../../pipeline/ledger/items.ts';
import { shardOf } from '../../pipeline/ledger/objects.ts';
import { unpackFetch } from '../../pipeline/ledger/window.ts';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { queryFiles } from '../support/read-table.ts';
import { runCliJson } from '../support/run-cli.ts';
import { takeAway } from '../support/take-away.ts';

const hour = 3_600_000;

describe('raw objects and the ledger', function () {
  this.timeout(300_000);
  let stack: LocalStack;
  const landed: LandedObject[] = [];
  const begun = Date.now();
  /** Windows of the last hours: what is recent is told by the dispatcher's own clock. */
  const at = (hours: number) => `${new Date(begun - hours * hour).toISOString().slice(0, 19)}Z`;

  before(async () => {
    stack = await deployLocalStack();
    for (const hours of [5, 4, 3, 2]) expect(await stack.fetch(at(hours))).to.deep.equal({});
    await stack.untilLoaded(4);
    const windows = await stack.fetches('hourly_weather');
    for (const { pk, sk } of windows) await age({ pk, sk });
    landed.push(...windows.flatMap((item) => unpackFetch(item).objects ?? []));
    expect(landed).to.have.length(4);
  });
  after(async () => stack?.destroy());

  /** What was committed minutes ago may still be on its way. */
  async function age(Key: { pk: string; sk: string }): Promise<void> {
    await stack.clients.ledger.send(
      new UpdateCommand({
        TableName: table(),
        Key,
        UpdateExpression: 'SET ended_at = :then',
        ExpressionAttributeValues: { ':then': at(1) },
      }),
    );
  }

  async function fetchAndLoad(hours: number): Promise<void> {
    const known = (await stack.loads()).map(({ load }) => load);
    expect(await stack.fetch(at(hours))).to.deep.equal({});
    await stack.untilLoad('closed', known);
  }

  const table = () => stack.outputs['LedgerTable'] ?? '';
  const bucket = () => stack.outputs['StagingBucket'] ?? '';
  const read = async <Item>(pk: string, sk: string): Promise<Item | undefined> =>
    (
      await stack.clients.ledger.send(
        new GetCommand({ TableName: table(), Key: { pk, sk }, ConsistentRead: true }),
      )
    ).Item as Item | undefined;
  const object = ({ key }: LandedObject) => read<ObjectItem>(`OBJECT#${key}`, 'OBJECT');
  const stock = () => read<StockItem>('STOCK', 'STOCK');
  const rows = async () =>
    queryFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', {
      prefix: 'hourly_weather/',
      sql: 'SELECT count(*)::INTEGER AS number, count(DISTINCT (city, time))::INTEGER AS keys FROM {files}',
    });

  /** Stock is due, as after a day or an hour; wakes the dispatcher until it is taken. */
  async function takeStock(scope: 'recent' | 'whole'): Promise<StockItem> {
    const past = '2020-01-01T00:00:00.000Z';
    const never = '9999-01-01T00:00:00.000Z';
    await stack.clients.ledger.send(
      new UpdateCommand({
        TableName: table(),
        Key: { pk: 'STOCK', sk: 'STOCK' },
        UpdateExpression: 'SET due = :due REMOVE held_until, #whole, #recent',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#whole': 'whole', '#recent': 'recent' },
        ExpressionAttributeValues: { ':due': { recent: past, whole: scope === 'whole' ? past : never } },
      }),
    );
    return stack.until(async () => {
      const item = await stock();
      return item?.[scope] || item?.fault ? item : undefined;
    });
  }

  it('agree at first', async () => {
    const { whole, fault } = await takeStock('whole');
    expect(fault).to.equal(undefined);
    expect(whole?.found).to.deep.equal({
      objects: 4,
      registered: 0,
      missing: 0,
      missing_keys: [],
      lost: 0,
      hidden: 0,
      unnamed: 0,
      unnamed_bytes: 0,
    });
  });

  it('are made to agree where a registration is lost, and the table stays as it was', async () => {
    const before = await rows();
    const [first] = landed;
    if (!first) throw new Error('nothing has landed');
    await stack.clients.ledger.send(
      new DeleteCommand({ TableName: table(), Key: { pk: `OBJECT#${first.key}`, sk: 'OBJECT' } }),
    );
    const known = (await stack.loads()).map(({ load }) => load);
    const { recent } = await takeStock('recent');
    expect(recent?.found).to.include({ objects: 4, registered: 1, missing: 0 });
    const load = await stack.untilLoad('closed', known);
    expect(load.receipt).to.include({ balanced: true, inserted: 0 });
    expect(await object(first)).to.include({ state: 'done', load: load.load });
    expect(await rows()).to.deep.equal(before);
  });

  it('are told of where objects are deleted, or gone for good, or never were of a window', async () => {
    const [, second, third] = landed;
    if (!second || !third) throw new Error('too little has landed');
    const { s3 } = stack.clients;
    await s3.send(new DeleteObjectCommand({ Bucket: bucket(), Key: second.key }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket(), Key: third.key, VersionId: third.version_id }));
    // Young: an attempt may be under way.
    await s3.send(new PutObjectCommand({ Bucket: bucket(), Key: `${third.key}.stray`, Body: 'x' }));
    const { recent } = await takeStock('recent');
    expect(recent?.found).to.deep.include({
      objects: 4,
      missing: 1,
      missing_keys: [third.key],
      lost: 0,
      hidden: 1,
      unnamed: 0,
    });
    expect(await object(third))
      .to.include({ state: 'done' })
      .and.to.have.property('missing_since');
    const status = await runCliJson<{ rawObjects: StockStatus }>(
      ['status', '--stack', stack.name],
      stack.environment,
    );
    expect(status.rawObjects.recent).to.include({ objects: 4, missing: 1, hidden: 1 });
  });

  it('do not let an object that is gone kill one load after the other', async () => {
    const [, , third, fourth] = landed;
    if (!third || !fourth) throw new Error('too little has landed');
    const known = (await stack.loads()).map(({ load }) => load);
    // As `reprocess` puts objects back on the list.
    for (const { key } of [third, fourth]) {
      await stack.clients.ledger.send(
        new UpdateCommand({
          TableName: table(),
          Key: { pk: `OBJECT#${key}`, sk: 'OBJECT' },
          UpdateExpression: 'SET #state = :pending, attempts = :none, #work = :work, work_at = :now',
          ExpressionAttributeNames: { '#state': 'state', '#work': 'work' },
          ExpressionAttributeValues: {
            ':pending': 'pending',
            ':none': 0,
            ':work': shardOf(key),
            ':now': at(0),
          },
        }),
      );
    }
    // Two runs of the engine, one after the other.
    const states = await stack.until(async () => {
      const found = (await stack.loads()).filter(({ load }) => !known.includes(load));
      return found.some(({ state }) => state === 'closed') ? found.map(({ state }) => state) : undefined;
    }, 4);
    expect(states).to.deep.equal(['failed', 'closed']);
    expect(await object(third)).to.include({ state: 'quarantined' });
    expect(await object(fourth)).to.include({ state: 'done' });
  });

  it('cannot be compared without s3:ListBucketVersions, which is said and stops no load', async () => {
    const restore = await takeAway(stack, 'DispatchRole', 's3:ListBucketVersions');
    const { fault } = await takeStock('whole');
    expect(fault?.error).to.match(/AccessDenied|Access Denied|not authorized/i);
    expect(fault?.error).to.include('needs s3:ListBucketVersions on');
    await fetchAndLoad(1);
    await restore();
    const { whole, fault: none } = await takeStock('whole');
    expect(none).to.equal(undefined);
    // Not the one of just now.
    expect(whole?.found).to.include({ objects: 4, missing: 1, lost: 1, hidden: 1 });
  });
});
