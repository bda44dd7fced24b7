import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { fetchSource } from '../../functions/fetch/fetch-source.ts';
import { landLines } from '../../functions/fetch/land-lines.ts';
import { createMemoryStore } from '../../pipeline/budget/memory-store.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import { sendThrough } from '../../pipeline/http/send-request.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { ledgerSchema } from '../../pipeline/ledger/schema.ts';
import { readWindow } from '../../pipeline/ledger/window.ts';
import { resource, scheduledAt, source } from '../support/fetch-world.ts';
import { startPlainAws, type PlainAws } from '../support/plain-aws.ts';
import { rejection } from '../support/rejection.ts';
import { describeWindows } from '../support/window-cases.ts';

const none = () => Promise.reject(new Error('none'));

describe('fetching into the local AWS', function () {
  this.timeout(60_000);
  let aws: PlainAws;
  let api: Server;
  let agent: Agent;
  let s3: S3Client;
  let dynamo: DynamoDBDocumentClient;
  const stagingBucket = `staging-${randomUUID()}`;
  let requests = 0;

  before(async () => {
    aws = await startPlainAws();
    api = createServer((request, response) => {
      requests += 1;
      const city = new URL(request.url ?? '', 'http://api').searchParams.get('city');
      response.setHeader('content-type', 'application/json').end(JSON.stringify([{ city }]));
    });
    await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening));
    agent = new Agent({ connections: 4 });
    s3 = new S3Client({ ...aws.config, forcePathStyle: true });
    dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(aws.config));
    await s3.send(new CreateBucketCommand({ Bucket: stagingBucket }));
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: stagingBucket,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
  });
  after(async () => {
    await agent.destroy();
    api.closeAllConnections();
    api.close();
    await aws.stop();
  });
  const makeLedger = async (): Promise<Ledger> => {
    const table = `ledger-${randomUUID()}`;
    await dynamo.send(
      new CreateTableCommand({ TableName: table, ...structuredClone(ledgerSchema) } as never),
    );
    return { table, dynamo };
  };

  describeWindows('on DynamoDB', makeLedger);

  it('lets exactly one of eight invocations commit, whose objects S3 holds in the versions named', async () => {
    const name = 'race';
    const ledger = await makeLedger();
    const cities = Array.from({ length: 20 }, (_, number) => ({ city: `c${number}` }));
    const { port } = api.address() as AddressInfo;
    const weather = source([resource(name, cities)], { base_url: `http://127.0.0.1:${port}/` });
    const fetchOnce = (number: number) =>
      fetchSource(
        weather,
        { scheduledAt },
        {
          stagingBucket,
          ledger,
          s3,
          send: sendThrough(agent),
          secrets: { read: none, renew: none, readAnew: none, replace: none },
          tokens: createTokenCache(),
          credentials: none,
          budgets: createMemoryStore(),
          mask: createSecretMask(),
          holder: { request: `r${number}`, execution: randomUUID() },
          invokeSelf: none,
          remainingMs: () => 60_000,
          now: () => new Date(),
          random: Math.random,
          sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          log: () => undefined,
        },
      );
    const results = await Promise.all(Array.from({ length: 8 }, (_, number) => fetchOnce(number)));
    const outcomes = results.flatMap(({ windows }) => windows.map(({ outcome }) => outcome));
    expect(outcomes.toSorted()).to.deep.equal(['committed', ...Array.from({ length: 7 }, () => 'skipped')]);
    expect(requests).to.equal(20);

    const { fetch } = await readWindow(ledger, { resource: name, slice: 'all', scheduledAt });
    expect(fetch).to.include({ state: 'committed', attempt: 1, requests: 20, responses: 20, work: 'fetch' });
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: stagingBucket, Prefix: `raw/${name}/` }));
    expect(listed.Contents?.map(({ Key, Size, ETag }) => ({ Key, Size, ETag }))).to.deep.equal(
      fetch?.objects?.map(({ key, bytes, etag }) => ({ Key: key, Size: bytes, ETag: etag })),
    );
    const [object] = fetch?.objects ?? [];
    const text = await read(object?.key, object?.version_id);
    const bodies = text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { body: unknown }).body);
    expect(bodies).to.have.deep.members(cities.map(({ city }) => [{ city }]));
  });

  it('stores a big object in parts, once, and keeps the first of two', async () => {
    const window = { resource: 'big', slice: 'all', scheduledAt, attempt: 1, holder: 'r1/x' };
    // Some 13 MB after gzip: random bytes do not compress.
    const lines = Array.from({ length: 9_000 }, () =>
      Buffer.from(`${randomBytes(1500).toString('base64')}\n`),
    );
    const first = landLines(window, { s3, stagingBucket }, { partBytes: 5 * 2 ** 20 });
    const second = landLines(
      { ...window, holder: 'r2/y' },
      { s3, stagingBucket },
      { partBytes: 5 * 2 ** 20 },
    );
    await first.write(lines);
    const [object] = await first.finish();
    expect(await read(object?.key, object?.version_id)).to.equal(lines.join(''));
    await second.write(lines);
    expect((await rejection(second.finish())).message).to.contain('exists already and is not ours');
    await second.abort();
    const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket: stagingBucket }));
    expect(uploads.Uploads ?? []).to.deep.equal([]);
    expect(object).to.include({ lines: 9_000 });
  });

  async function read(Key: string | undefined, VersionId: string | undefined): Promise<string> {
    const answer = await s3.send(new GetObjectCommand({ Bucket: stagingBucket, Key, VersionId }));
    return gunzipSync((await answer.Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString();
  }
});
