import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clientsOf } from '../support/local-stack.ts';
import { listFiles } from '../support/read-table.ts';
import { projectRoot, runCliJson } from '../support/run-cli.ts';
import { sharedLocalAws } from '../support/shared-local-aws.ts';
import { startSampleApi } from '../../local/sample-api/start-sample-api.ts';

/** What `catchwater package --json` says it has left: the file for each parameter. */
interface PackageDocument {
  folder: string;
  files: { parameter: string; path: string }[];
}

/** The ready-made source as a user's own file that names another host; gives its path. */
function sourceAgainst(baseUrl: string, folder: string): string {
  cpSync(join(projectRoot, 'sources/cities.csv'), join(folder, 'cities.csv'));
  const text = readFileSync(join(projectRoot, 'sources/open-meteo.yaml'), 'utf8');
  writeFileSync(join(folder, 'weather.yaml'), text.replace('https://api.open-meteo.com/v1/', baseUrl));
  return join(folder, 'weather.yaml');
}

/** The stack as a person makes it in the CloudFormation console: a bucket, the files, a bare CreateStack. */
describe('the template by hand', function () {
  this.timeout(180_000);

  it('makes a pipeline through which data flow', async () => {
    const { environment } = await sharedLocalAws();
    const { s3, cloudformation, lambda } = clientsOf(environment);
    const api = await startSampleApi();
    const name = `hand-${randomBytes(4).toString('hex')}`;
    const folder = mkdtempSync(join(tmpdir(), 'catchwater-by-hand-'));
    try {
      const left = await runCliJson<PackageDocument>(
        ['package', '--source', sourceAgainst(`${api.url}/v1/`, folder), '--out', join(folder, 'dist')],
        environment,
      );
      await s3.send(new CreateBucketCommand({ Bucket: `${name}-code` }));
      for (const { path } of left.files) {
        const Body = readFileSync(join(folder, 'dist', path));
        await s3.send(new PutObjectCommand({ Bucket: `${name}-code`, Key: path, Body }));
      }
      await cloudformation.send(
        new CreateStackCommand({
          StackName: name,
          TemplateBody: readFileSync(join(folder, 'dist/cloudformation/pipeline.yaml'), 'utf8'),
          Capabilities: ['CAPABILITY_IAM'],
          Parameters: [
            { ParameterKey: 'ArtifactBucket', ParameterValue: `${name}-code` },
            { ParameterKey: 'ScheduleState', ParameterValue: 'DISABLED' },
            { ParameterKey: 'BatchWindowMinutes', ParameterValue: '0' },
            ...left.files.map(({ parameter, path }) => ({ ParameterKey: parameter, ParameterValue: path })),
          ],
        }),
      );
      await waitUntilStackCreateComplete(
        { client: cloudformation, maxWaitTime: 60, minDelay: 1 },
        { StackName: name },
      );
      const described = await cloudformation.send(new DescribeStacksCommand({ StackName: name }));
      const outputs: Record<string, string> = Object.fromEntries(
        (described.Stacks?.[0]?.Outputs ?? []).map((output) => [
          output.OutputKey ?? '',
          output.OutputValue ?? '',
        ]),
      );
      const answer = await lambda.send(
        new InvokeCommand({
          FunctionName: outputs['FetchFunction'],
          Payload: JSON.stringify({ scheduledAt: '2026-11-21T10:00:00Z' }),
        }),
      );
      expect(answer.FunctionError).to.equal(undefined);
      // From here on nobody invokes anything: the landing event, or the minute tick, wakes the dispatcher.
      for (let tries = 0; tries < 120; tries += 1) {
        const files = await listFiles(s3, outputs['CuratedBucket'] ?? '', 'hourly_weather/');
        if (files.length > 0) return;
        await wait(1000);
      }
      expect.fail('no file in the curated bucket after two minutes');
    } finally {
      await api.stop();
      rmSync(folder, { recursive: true, force: true });
      await cloudformation.send(new DeleteStackCommand({ StackName: name }));
    }
  });
});
