import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateDatabaseCommand, CreateJobCommand, GetTableCommand, GlueClient } from '@aws-sdk/client-glue';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { readLoad } from '../../pipeline/ledger/load.ts';
import { ledgerSchema } from '../../pipeline/ledger/schema.ts';
import { readManifest, type ManifestLine } from '../../pipeline/manifest.ts';
import { readNdjson } from '../../pipeline/ndjson.ts';
import { filesOf, reportBytes, reportOn } from '../support/fake-engine.ts';
import { compiledSource, fetchItem } from '../support/load-samples.ts';
import { startPlainAws, type PlainAws } from '../support/plain-aws.ts';

const environment = {
  ARTIFACT_BUCKET: 'artifacts',
  SOURCE_KEY: 'sources/samples.json',
  STAGING_BUCKET: 'staging',
  CURATED_BUCKET: 'curated',
  LEDGER_TABLE: 'ledger',
  GLUE_JOB: 'partition',
  GLUE_DATABASE: 'samples',
  BATCH_WINDOW_MINUTES: '0',
  BATCH_BYTES: '1000000',
};

function eventFile(name: string): unknown {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, '../events', name), 'utf8'));
}

describe('the dispatcher on the local AWS', function () {
  this.timeout(60_000);
  let aws: PlainAws;
  let handler: (event: unknown) => Promise<unknown>;
  let ledger: Ledger;
  const environmentBefore = { ...process.env };

  before(async () => {
    aws = await startPlainAws();
    await makeStack();
    // As Lambda does: the environment is there before the module is loaded.
    Object.assign(process.env, environment, {
      AWS_ENDPOINT_URL: aws.config.endpoint,
      AWS_REGION: aws.config.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    ({ handler } = await import('../../functions/dispatch/handler.ts'));
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environmentBefore)) delete process.env[name];
    Object.assign(process.env, environmentBefore);
    await aws.stop();
  });

  async function makeStack(): Promise<void> {
    const [s3, glue] = [new S3Client({ ...aws.config, forcePathStyle: true }), new GlueClient(aws.config)];
    for (const Bucket of ['artifacts', 'staging', 'curated'])
      await s3.send(new CreateBucketCommand({ Bucket }));
    const source = compiledSource([
      ['weather', 'hour'],
      ['cities', 'none'],
    ]);
    await s3.send(
      new PutObjectCommand({
        Bucket: 'artifacts',
        Key: environment.SOURCE_KEY,
        Body: JSON.stringify(source),
      }),
    );
    const dynamo = new DynamoDBClient(aws.config);
    await dynamo.send(
      new CreateTableCommand({ TableName: 'ledger', ...structuredClone(ledgerSchema) } as never),
    );
    ledger = { table: 'ledger', dynamo: DynamoDBDocumentClient.from(dynamo) };
    await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'samples' } }));
    await glue.send(
      new CreateJobCommand({
        Name: 'partition',
        Role: 'arn:aws:iam::000000000000:role/job',
        Command: { Name: 'glueetl', ScriptLocation: 's3://artifacts/job.py' },
      }),
    );
    const { QueueUrl } = await new SQSClient(aws.config).send(
      new CreateQueueCommand({ QueueName: 'updated' }),
    );
    const events = new EventBridgeClient(aws.config);
    await events.send(
      new PutRuleCommand({ Name: 'updated', EventPattern: JSON.stringify({ source: ['catchwater'] }) }),
    );
    const Arn = `arn:aws:sqs:${aws.config.region}:000000000000:updated`;
    await events.send(new PutTargetsCommand({ Rule: 'updated', Targets: [{ Id: 'queue', Arn }] }));
    expect(QueueUrl).to.be.a('string');
  }

  /** Does what the engine would: reads the one manifest, writes the files and its report. Plain MiniStack's runs succeed at once. */
  async function runEngine(): Promise<string> {
    const s3 = new S3Client({ ...aws.config, forcePathStyle: true });
    const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'staging', Prefix: 'loads/' }));
    expect(listed.Contents).to.have.length(1);
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: 'staging', Key: listed.Contents?.[0]?.Key ?? '' }),
    );
    const manifest = await readManifest(readNdjson<ManifestLine>(Body as Readable));
    expect(manifest.objects).to.have.length(25);
    for (const [Key, file] of filesOf(reportOn(manifest)))
      await s3.send(new PutObjectCommand({ Bucket: 'curated', Key, Body: file }));
    await s3.send(
      new PutObjectCommand({
        Bucket: 'staging',
        Key: manifest.header.report_key,
        Body: await reportBytes(manifest),
      }),
    );
    return manifest.header.load;
  }

  it('takes committed windows to tables, woken as a user would from the command line', async () => {
    for (const fetch of [
      fetchItem('weather', '2026-11-21T10:00:00Z', 20),
      fetchItem('cities', '2026-11-21T10:00:00Z', 5),
    ]) {
      await ledger.dynamo.send(new PutCommand({ TableName: 'ledger', Item: fetch }));
    }
    expect(await handler(eventFile('dispatch-s3-events.json'))).to.deep.equal({ batchItemFailures: [] });
    const load = await runEngine();
    expect(await readLoad(ledger, load)).to.include({ state: 'started', objects: 25 });

    await handler(eventFile('dispatch-glue-state-change.json'));
    expect(await readLoad(ledger, load)).to.have.nested.include({
      state: 'closed',
      'receipt.balanced': true,
      'receipt.rowsParsed': 250,
      'receipt.checked': 2,
    });
    expect(await readLease(ledger)).to.deep.equal({ pk: 'LEASE', sk: 'LEASE', token: 1, dead_loads: [] });

    const glue = new GlueClient(aws.config);
    const { Table } = await glue.send(new GetTableCommand({ DatabaseName: 'samples', Name: 'weather' }));
    expect(Table?.Parameters).to.include({ 'projection.year.range': '2026,2026' });
    const { Messages } = await new SQSClient(aws.config).send(
      new ReceiveMessageCommand({
        QueueUrl: `${aws.config.endpoint}/000000000000/updated`,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 2,
      }),
    );
    const details = Messages?.map(({ Body }) => (JSON.parse(Body ?? '') as { detail: object }).detail);
    expect(details?.map((detail) => (detail as { table: string }).table)).to.have.members([
      'weather',
      'cities',
    ]);

    await handler(eventFile('dispatch-tick.json'));
    expect(await readLease(ledger)).to.include({ token: 1 });
  });
});
