import { DescribeStackResourcesCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { expect } from 'chai';
import { clientsOf, deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { runCli } from '../support/run-cli.ts';
import { sharedLocalAws } from '../support/shared-local-aws.ts';

describe('catchwater deploy', function () {
  this.timeout(120_000);
  let stack: LocalStack;

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => stack?.destroy());

  /** All that a deploy could have changed, but the schedule itself. */
  async function everythingElse(): Promise<unknown> {
    const { cloudformation, lambda } = stack.clients;
    const answer = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: stack.name }));
    const template = await cloudformation.send(new GetTemplateCommand({ StackName: stack.name }));
    const functions = await Promise.all(
      ['FetchFunction', 'DispatchFunction'].map(async (output) => {
        const found = await lambda.send(new GetFunctionCommand({ FunctionName: stack.outputs[output] }));
        return [
          found.Configuration?.CodeSha256,
          found.Configuration?.Environment,
          found.Configuration?.LastModified,
        ];
      }),
    );
    return {
      ids: answer.StackResources?.map((resource) => [
        resource.LogicalResourceId,
        resource.PhysicalResourceId,
      ]),
      template: template.TemplateBody,
      functions,
    };
  }

  async function schedule(): Promise<{ expression: string | undefined; state: string | undefined }> {
    const scheduler = new SchedulerClient({ ...configOf(stack) });
    const [GroupName, Name] = scheduleName(stack.outputs['FetchSchedule'] ?? '');
    const found = await scheduler.send(new GetScheduleCommand({ GroupName, Name }));
    return { expression: found.ScheduleExpression, state: found.State };
  }

  it('changes nothing the second time, and says so with exit code 0', async () => {
    const again = await stack.deploy([]);
    expect(again.changed).to.equal(false);
  });

  it('changes the schedule and nothing else when Cadence changes', async () => {
    const before = await everythingElse();
    const known = await schedule();
    const answer = await stack.deploy(['Cadence=rate(17 minutes)']);
    expect(answer.changed).to.equal(true);
    expect(await schedule()).to.deep.equal({ ...known, expression: 'rate(17 minutes)' });
    expect(await everythingElse()).to.deep.equal(before);
  });
});

function configOf(stack: LocalStack): ConstructorParameters<typeof SchedulerClient>[0] & object {
  return {
    endpoint: stack.environment['AWS_ENDPOINT_URL'] ?? '',
    region: stack.environment['AWS_REGION'] ?? '',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

/** `group|name`, `group/name` or a bare name in the default group. */
function scheduleName(id: string): [group: string, name: string] {
  const parts = id.split(/[/|]/);
  return [parts.length > 1 ? (parts[0] ?? 'default') : 'default', parts.at(-1) ?? ''];
}

describe('a deploy that cannot be', function () {
  this.timeout(120_000);

  const refused: [what: string, parameters: string[], said: RegExp][] = [
    ['a parameter that does not exist', ['Cadense=rate(1 hour)'], /Cadense.*Cadence/s],
    ['a value that its pattern refuses', ['Cadence=every(5 minutes)'], /Cadence.*every\(5 minutes\)/s],
    ['a value out of range', ['BatchWindowMinutes=9999'], /BatchWindowMinutes.*9999/s],
    ['a value that is not in the list', ['GlueWorkerType=G.3X'], /GlueWorkerType.*G\.3X/s],
  ];
  for (const [what, parameters, said] of refused) {
    it(`names ${what} before anything is created, exit code 2`, async () => {
      const { environment } = await sharedLocalAws();
      const args = ['deploy', '--source', 'sources/open-meteo.yaml', '--stack', 'e2e-refused', ...parameters];
      const { code, stderr } = await runCli(args, { environment });
      expect(stderr).to.match(said);
      expect(code).to.equal(2);
      const { cloudformation } = clientsOf(environment);
      const stacks = await cloudformation
        .send(new DescribeStackResourcesCommand({ StackName: 'e2e-refused' }))
        .then(
          (answer) => answer.StackResources ?? [],
          () => [],
        );
      expect(stacks).to.deep.equal([]);
    });
  }

  it('says that there are no credentials, exit code 4', async () => {
    const { code, stderr } = await runCli(
      ['deploy', '--source', 'sources/open-meteo.yaml', '--stack', 'e2e-refused', '--region', 'eu-central-1'],
      { environment: { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' } },
    );
    expect(stderr).to.match(/credentials/i);
    expect(code).to.equal(4);
  });

  it('points at the place of a mistake in the source, exit code 2', async () => {
    const { environment } = await sharedLocalAws();
    const source = 'test/e2e/misspelt.yaml';
    const { code, stderr } = await runCli(['deploy', '--source', source, '--stack', 'e2e-refused'], {
      environment,
    });
    expect(stderr).to.match(/misspelt\.yaml:8:\d+/);
    expect(stderr).to.match(/data_selector/);
    expect(code).to.equal(2);
  });
});
