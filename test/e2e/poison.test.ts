import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { LandedObject, LoadItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { quarantinedObjects } from '../../pipeline/ledger/quarantine.ts';
import { fetchItem } from '../support/load-samples.ts';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { queryFiles } from '../support/read-table.ts';
import { runCliJson } from '../support/run-cli.ts';

const resource = 'hourly_weather';
const many = 200;

describe('one object among 200 that kills the engine', function () {
  this.timeout(1_200_000);
  let stack: LocalStack;
  let ledger: Ledger;

  before(async () => {
    stack = await deployLocalStack();
    ledger = { table: stack.outputs['LedgerTable'] ?? '', dynamo: stack.clients.ledger };
  });
  after(async () => stack?.destroy());

  /** A response that was fetched, as many times over, and one whose version is gone: no engine gets past it. */
  async function land(): Promise<string> {
    expect(await stack.fetch('2026-11-21T10:20:00Z')).to.deep.equal({});
    await stack.untilLoad('closed');
    const [first] = (await stack.fetches(resource)).flatMap(({ objects }) => objects ?? []);
    if (!first) throw new Error('nothing has landed');
    const fetch = fetchItem(resource, '2026-11-21T10:30:00Z', many);
    const Bucket = stack.outputs['StagingBucket'] ?? '';
    const objects: LandedObject[] = [];
    await inParallel(fetch.objects ?? [], 16, async ({ key }) => {
      const CopySource = `${Bucket}/${encodeURIComponent(first.key)}`;
      const copy = await stack.clients.s3.send(new CopyObjectCommand({ Bucket, Key: key, CopySource }));
      objects.push({
        ...first,
        key,
        version_id: copy.VersionId ?? '',
        etag: copy.CopyObjectResult?.ETag ?? '',
      });
    });
    // In the second half, so that no more than two loads die in a row and nothing pauses.
    const last = objects.at(-1);
    if (!last) throw new Error('nothing was copied');
    last.version_id = first.version_id;
    await ledger.dynamo.send(new PutCommand({ TableName: ledger.table, Item: { ...fetch, objects } }));
    return last.key;
  }

  /** The loads that went well, once they have taken all but one: the first response was one more. */
  const loaded = async (): Promise<LoadItem[] | undefined> => {
    const closed = (await stack.loads()).filter(({ state }) => state === 'closed');
    return closed.reduce((sum, { objects }) => sum + objects, 0) === many ? closed : undefined;
  };

  it('goes to quarantine and is named; the other 199 are loaded', async () => {
    const culprit = await land();
    const [found] = await stack.until(async () => {
      const objects = [];
      for await (const object of quarantinedObjects(ledger)) objects.push(object);
      return objects.length > 0 ? objects : undefined;
    }, 15);
    expect(found).to.include({ key: culprit, resource });
    expect(found?.error).to.match(/ is FAILED: /);
    const closed = await stack.until(loaded, 5);
    const dead = (await stack.loads()).filter(({ state }) => state === 'failed');
    expect(dead.length).to.be.within(9, 10);
    expect(found?.attempts).to.equal(dead.length);

    // The sums over all loads are what the files hold (law 8).
    const told = closed.reduce(
      (sum, { receipt }) =>
        sum + (receipt?.inserted ?? 0) + (receipt?.recovered ?? 0) - (receipt?.removed ?? 0),
      0,
    );
    const [counted] = await queryFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', {
      prefix: `${resource}/`,
      sql: 'select count(*) as rows from {files}',
    });
    expect(Number(counted?.['rows'])).to.equal(told);
    const status = await runCliJson<{ quarantined: { key: string }[] }>(
      ['status', '--stack', stack.name],
      stack.environment,
    );
    expect(status.quarantined.map(({ key }) => key)).to.deep.equal([culprit]);
  });
});
