import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clientsOf, type Clients } from '../support/local-stack.ts';
import { projectRoot, runCli, runCliJson } from '../support/run-cli.ts';
import { sharedLocalAws } from '../support/shared-local-aws.ts';

interface Deployed {
  changed: boolean;
  outputs: Record<string, string>;
}

interface Destroyed {
  deleted: boolean;
  kept: string[];
  purged: string[];
}

describe('the life of a stack', function () {
  this.timeout(120_000);
  const name = `life-${randomBytes(4).toString('hex')}`;
  const off = ['ScheduleState=DISABLED'];
  let environment: Record<string, string>;
  let clients: Clients;

  before(async () => {
    ({ environment } = await sharedLocalAws());
    clients = clientsOf(environment);
  });

  const deploy = (stack = name) =>
    runCliJson<Deployed>(
      ['deploy', '--source', 'sources/open-meteo.yaml', '--stack', stack, ...off],
      environment,
    );
  const destroy = (...more: string[]) =>
    runCliJson<Destroyed>(['destroy', '--stack', name, '--yes', ...more], environment);
  const stackState = async (stack: string): Promise<string | undefined> => {
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks?.[0]?.StackStatus;
  };
  const templateBody = readFileSync(join(projectRoot, 'cloudformation/pipeline.yaml'), 'utf8');
  const byHand = {
    TemplateBody: templateBody,
    Capabilities: ['CAPABILITY_IAM' as const],
    Tags: [{ Key: 'catchwater', Value: 'pipeline' }],
    Parameters: [
      { ParameterKey: 'ArtifactBucket', ParameterValue: 'no-such-bucket' },
      { ParameterKey: 'SourceKey', ParameterValue: 'sources/none.json' },
    ],
  };

  it('keeps the data when it is destroyed, and finds them again when it is deployed anew', async () => {
    const { outputs } = await deploy();
    const object = { Bucket: outputs['CuratedBucket'], Key: 'hourly_weather/part-0.parquet' };
    const { ETag } = await clients.s3.send(new PutObjectCommand({ ...object, Body: 'rows' }));

    const destroyed = await destroy();
    expect(destroyed.deleted).to.equal(true);
    expect(destroyed.kept).to.have.members([
      outputs['StagingBucket'],
      outputs['CuratedBucket'],
      outputs['LedgerTable'],
    ]);
    expect((await clients.s3.send(new HeadObjectCommand(object))).ETag).to.equal(ETag);

    const again = await deploy();
    expect(again.outputs['CuratedBucket']).to.equal(outputs['CuratedBucket']);
    expect((await clients.s3.send(new HeadObjectCommand(object))).ETag).to.equal(ETag);
    // The names that were written into the template for once are the ones that it comes to by itself.
    const later = await deploy();
    expect(later.outputs).to.deep.equal(again.outputs);
    expect((await clients.s3.send(new HeadObjectCommand(object))).ETag).to.equal(ETag);
  });

  it('refuses another bucket name on the live stack', async () => {
    const words = [
      'deploy',
      '--source',
      'sources/open-meteo.yaml',
      '--stack',
      name,
      'CuratedBucketName=elsewhere',
    ];
    const { code, stderr } = await runCli(words, { environment });
    expect(stderr).to.match(/names cannot change on a live stack/);
    expect(code).to.equal(2);
  });

  it('destroys nothing without a terminal to ask on', async () => {
    const { code, stderr } = await runCli(['destroy', '--stack', name], { environment });
    expect(stderr).to.match(/give --yes/);
    expect(code).to.equal(2);
    expect(await stackState(name)).to.match(/_COMPLETE$/);
  });

  for (const [state, make] of [
    [
      'ROLLBACK_COMPLETE',
      async (stack: string) => {
        await clients.cloudformation.send(new CreateStackCommand({ StackName: stack, ...byHand }));
        while ((await stackState(stack))?.endsWith('IN_PROGRESS')) await wait(200);
      },
    ],
    [
      'REVIEW_IN_PROGRESS',
      async (stack: string) => {
        const plan = { StackName: stack, ChangeSetName: 'plan', ChangeSetType: 'CREATE' as const };
        await clients.cloudformation.send(new CreateChangeSetCommand({ ...plan, ...byHand }));
      },
    ],
  ] as const) {
    it(`makes a stack that somebody has left in ${state}`, async () => {
      const stack = `${name}-${state.slice(0, 3).toLowerCase()}`;
      await make(stack);
      expect(await stackState(stack)).to.equal(state);
      expect((await deploy(stack)).changed).to.equal(true);
      expect(await stackState(stack)).to.equal('CREATE_COMPLETE');
      await runCliJson(['destroy', '--stack', stack, '--yes', '--purge-data'], environment);
    });
  }

  it('keeps a secret encrypted, read from standard input', async () => {
    const words = ['secret', 'set', 'weatherapi-key', '--json'];
    const { code, stdout } = await runCli(words, { environment, stdin: 'abc123\n' });
    expect(code).to.equal(0);
    expect(stdout).to.not.contain('abc123');
    const config = { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    const ssm = new SSMClient({
      ...config,
      endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
      region: environment['AWS_REGION'] ?? '',
    });
    const named = { Name: '/catchwater/weatherapi-key', WithDecryption: true };
    const { Parameter } = await ssm.send(new GetParameterCommand(named));
    expect(Parameter).to.include({ Type: 'SecureString', Value: 'abc123' });
  });

  it('leaves nothing when its data are purged, the artifact bucket neither when it was the last', async () => {
    const { purged } = await destroy('--purge-data');
    expect(purged).to.have.length(4);
    const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).to.deep.equal([]);
    const dynamodb = new DynamoDBClient({
      endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
      region: environment['AWS_REGION'] ?? '',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const table = dynamodb.send(new DescribeTableCommand({ TableName: `${name}-ledger` }));
    expect(await table.catch((error: Error) => error.name)).to.equal('ResourceNotFoundException');
    expect(await destroy('--purge-data')).to.deep.include({ deleted: false, purged: [] });
  });
});
