import { type StackEvent } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { deployStack, fillParameters, reportEvents, settleStack } from '../../../deploy/deploy-stack.ts';
import { StackError } from '../../../deploy/errors.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

const stackType = 'AWS::CloudFormation::Stack';
const names = (client: ReturnType<typeof fakeClient>): string[] => client.sent.map(({ command }) => command);

/** A stack that goes through the states, one at each look, and stays in the last. */
function stackIn(...states: string[]) {
  const looks = [...states];
  return () => {
    const StackStatus = looks.length > 1 ? looks.shift() : looks[0];
    if (StackStatus === 'missing') throw awsError('ValidationError', 'Stack with id weather does not exist');
    return {
      Stacks: [
        {
          StackId: 'arn:stack',
          StackStatus,
          StackStatusReason: 'because',
          Parameters: [{ ParameterKey: 'Cadence', ParameterValue: 'rate(2 hours)' }],
          Outputs: [{ OutputKey: 'GlueJob', OutputValue: 'job' }],
        },
      ],
    };
  };
}

function eventsOf(...events: [string, string, string, string?][]): StackEvent[] {
  return events.map(([LogicalResourceId, ResourceType, ResourceStatus, ResourceStatusReason], index) => ({
    StackId: 'arn:stack',
    StackName: 'weather',
    EventId: `e${index}`,
    Timestamp: new Date(index * 1000),
    LogicalResourceId,
    ResourceType,
    ResourceStatus,
    ResourceStatusReason,
  })) as StackEvent[];
}

/** CloudFormation tells the newest first. */
const told = (events: StackEvent[]) => ({ StackEvents: events.toReversed() });

function options(cloudformation: ReturnType<typeof fakeClient>, progress: string[] = []) {
  return {
    cloudformation,
    stackName: 'weather',
    template: { body: 'Resources: {}' },
    adopts: false,
    known: ['Cadence', 'ArtifactBucket', 'AlarmEmail'],
    parameters: { ArtifactBucket: 'artifacts' },
    tags: { catchwater: 'pipeline' },
    onProgress: (line: string) => progress.push(line),
  };
}

describe('deployStack', () => {
  it('makes a stack through a change set, and tells of each stack resource once', async () => {
    let executed = false;
    const before = eventsOf(['weather', stackType, 'REVIEW_IN_PROGRESS']);
    const after = eventsOf(
      ['weather', stackType, 'REVIEW_IN_PROGRESS'],
      ['weather', stackType, 'CREATE_IN_PROGRESS'],
      ['Bucket', 'AWS::S3::Bucket', 'CREATE_IN_PROGRESS'],
      ['Bucket', 'AWS::S3::Bucket', 'CREATE_COMPLETE'],
      ['weather', stackType, 'CREATE_COMPLETE'],
    );
    const client = fakeClient({
      DescribeStacksCommand: stackIn('missing', 'CREATE_COMPLETE'),
      CreateChangeSetCommand: () => ({ Id: 'cs', StackId: 'arn:stack' }),
      DescribeChangeSetCommand: () => ({
        Status: 'CREATE_COMPLETE',
        Changes: [{ ResourceChange: { LogicalResourceId: 'Bucket', Action: 'Add' } }],
      }),
      DescribeStackEventsCommand: () => told(executed ? after : before),
      ExecuteChangeSetCommand: () => {
        executed = true;
        return {};
      },
    });
    const progress: string[] = [];
    expect(await deployStack(options(client, progress))).to.deep.equal({
      changed: true,
      changes: ['Bucket'],
      outputs: { GlueJob: 'job' },
    });
    expect(progress).to.deep.equal(['1/1 Bucket made']);
    const { ChangeSetName, ...created } = client.sent[1]?.input ?? {};
    expect(ChangeSetName).to.match(/^catchwater-\d+$/);
    expect(created).to.deep.equal({
      StackName: 'weather',
      ChangeSetType: 'CREATE',
      TemplateBody: 'Resources: {}',
      Parameters: [{ ParameterKey: 'ArtifactBucket', ParameterValue: 'artifacts' }],
      Tags: [{ Key: 'catchwater', Value: 'pipeline' }],
      Capabilities: ['CAPABILITY_IAM'],
    });
  });

  for (const reason of [
    "The submitted information didn't contain changes. Submit different information to create a change set.",
    'No updates are to be performed.',
  ]) {
    it(`takes "${reason.slice(0, 30)}…" for success, and leaves no change set behind`, async () => {
      const client = fakeClient({
        DescribeStacksCommand: stackIn('UPDATE_COMPLETE'),
        CreateChangeSetCommand: () => ({ Id: 'cs', StackId: 'arn:stack' }),
        DescribeChangeSetCommand: () => ({ Status: 'FAILED', StatusReason: reason }),
        DeleteChangeSetCommand: () => ({}),
      });
      expect(await deployStack(options(client))).to.deep.equal({
        changed: false,
        changes: [],
        outputs: { GlueJob: 'job' },
      });
      expect(names(client).at(-1)).to.equal('DeleteChangeSetCommand');
    });
  }

  it('says what validation found when a change set is refused', async () => {
    const client = fakeClient({
      DescribeStacksCommand: stackIn('CREATE_COMPLETE'),
      CreateChangeSetCommand: () => ({ Id: 'cs', StackId: 'arn:stack' }),
      DescribeChangeSetCommand: () => ({ Status: 'FAILED', StatusReason: 'Validation failed' }),
      DescribeEventsCommand: () => ({
        OperationEvents: [
          { EventType: 'STACK_EVENT', ResourceStatusReason: 'noise' },
          {
            EventType: 'VALIDATION_ERROR',
            ValidationPath: '/Resources/GlueJob',
            ValidationStatusReason: 'already exists',
          },
        ],
      }),
      DeleteChangeSetCommand: () => ({}),
    });
    const error = await rejection(deployStack(options(client)));
    expect(error).to.be.instanceOf(StackError);
    expect(error.message).to.contain('Validation failed\n/Resources/GlueJob: already exists');
  });

  it('names the first stack resource that failed, not what was cancelled for it', async () => {
    let executed = false;
    const events = eventsOf(
      ['weather', stackType, 'UPDATE_IN_PROGRESS'],
      ['Other', 'AWS::SQS::Queue', 'CREATE_FAILED', 'Resource creation cancelled'],
      ['GlueJob', 'AWS::Glue::Job', 'UPDATE_FAILED', 'no such role'],
      ['Later', 'AWS::SQS::Queue', 'UPDATE_FAILED', 'something else'],
      ['weather', stackType, 'UPDATE_ROLLBACK_COMPLETE'],
    );
    const client = fakeClient({
      DescribeStacksCommand: stackIn('CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'),
      CreateChangeSetCommand: () => ({ Id: 'cs', StackId: 'arn:stack' }),
      DescribeChangeSetCommand: () => ({ Status: 'CREATE_COMPLETE', Changes: [] }),
      DescribeStackEventsCommand: () => told(executed ? events : []),
      ExecuteChangeSetCommand: () => {
        executed = true;
        return {};
      },
    });
    const error = await rejection(deployStack(options(client)));
    expect(error.message).to.equal(
      'the stack weather ended in UPDATE_ROLLBACK_COMPLETE\nGlueJob (AWS::Glue::Job) failed: no such role',
    );
  });

  it('does not take the state of before for the end', async () => {
    let looks = 0;
    const started = eventsOf(['weather', stackType, 'UPDATE_IN_PROGRESS']);
    const ended = [
      ...started,
      ...eventsOf(['x', 'y', 'z'], ['weather', stackType, 'UPDATE_COMPLETE']).slice(1),
    ];
    const client = fakeClient({
      // Settled, then still shown after the change set was executed.
      DescribeStacksCommand: stackIn('UPDATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE'),
      CreateChangeSetCommand: () => ({ Id: 'cs', StackId: 'arn:stack' }),
      DescribeChangeSetCommand: () => ({ Status: 'CREATE_COMPLETE', Changes: [] }),
      DescribeStackEventsCommand: () => told([[], started, ended][Math.min(looks++, 2)] ?? []),
      ExecuteChangeSetCommand: () => ({}),
    });
    await deployStack(options(client));
    expect(looks).to.equal(3);
  });
});

const settle = (client: ReturnType<typeof fakeClient>) => settleStack(client, 'weather', () => undefined);

describe('settleStack', () => {
  for (const state of ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE']) {
    it(`takes a stack in ${state} as it is`, async () => {
      const found = await settle(fakeClient({ DescribeStacksCommand: stackIn(state) }));
      expect(found).to.deep.include({ status: state, parameters: { Cadence: 'rate(2 hours)' } });
    });
  }

  for (const state of ['missing', 'REVIEW_IN_PROGRESS', 'DELETE_COMPLETE']) {
    it(`makes a stack that is ${state}`, async () => {
      expect(await settle(fakeClient({ DescribeStacksCommand: stackIn(state) }))).to.equal(undefined);
    });
  }

  for (const state of ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED']) {
    it(`deletes a stack in ${state} first: it was never made`, async () => {
      const client = fakeClient({
        DescribeStacksCommand: stackIn(state, 'missing'),
        ListStackResourcesCommand: () => ({ StackResourceSummaries: [] }),
        DescribeStackEventsCommand: () => ({}),
        DeleteStackCommand: () => ({}),
      });
      expect(await settle(client)).to.equal(undefined);
      expect(client.sent.find(({ command }) => command === 'DeleteStackCommand')?.input).to.deep.equal({
        StackName: 'arn:stack',
      });
    });
  }

  for (const [state, remedy] of [
    ['UPDATE_IN_PROGRESS', 'wait until that has ended'],
    ['DELETE_IN_PROGRESS', 'wait until that has ended'],
    ['UPDATE_ROLLBACK_FAILED', 'aws cloudformation continue-update-rollback --stack-name weather'],
    ['DELETE_FAILED', 'catchwater destroy --stack weather'],
  ] as const) {
    it(`touches no stack in ${state}, and says what to do`, async () => {
      const error = await rejection(settle(fakeClient({ DescribeStacksCommand: stackIn(state) })));
      expect(error).to.be.instanceOf(StackError);
      expect(error.message).to.contain(remedy);
    });
  }

  it('takes no other failure for "there is no such stack"', async () => {
    const client = fakeClient({
      DescribeStacksCommand: () => {
        throw awsError('AccessDenied', 'not authorized to perform cloudformation:DescribeStacks');
      },
    });
    expect(await rejection(settle(client))).to.have.property('name', 'AccessDenied');
  });
});

describe('fillParameters', () => {
  const found = {
    id: '',
    status: '',
    reason: '',
    outputs: {},
    tags: new Map<string, string>(),
    parameters: { A: '1', B: '2' },
  };

  it('keeps what the stack has, takes what is given, leaves the rest to the template', () => {
    expect(fillParameters(['A', 'B', 'C', 'D'], { B: '3', C: '' }, found)).to.deep.equal([
      { ParameterKey: 'A', UsePreviousValue: true },
      { ParameterKey: 'B', ParameterValue: '3' },
      { ParameterKey: 'C', ParameterValue: '' },
    ]);
  });

  it('asks for no previous value of a parameter that the template has lost, or that a new stack cannot have', () => {
    expect(fillParameters(['A'], {}, found).map(({ ParameterKey }) => ParameterKey)).to.deep.equal(['A']);
    expect(fillParameters(['A'], {}, undefined)).to.deep.equal([]);
  });
});

describe('reportEvents', () => {
  it('counts what the change set named, and shows failures of anything', () => {
    const lines: string[] = [];
    const events = eventsOf(
      ['A', 't', 'CREATE_IN_PROGRESS'],
      ['A', 't', 'CREATE_COMPLETE'],
      ['A', 't', 'CREATE_COMPLETE'],
      ['Unnamed', 't', 'UPDATE_COMPLETE'],
      ['B', 't', 'DELETE_SKIPPED'],
      ['C', 'AWS::SQS::Queue', 'CREATE_FAILED', 'no'],
      ['weather', stackType, 'CREATE_COMPLETE'],
    );
    events.forEach(reportEvents(['A', 'B'], (line) => lines.push(line)));
    expect(lines).to.deep.equal(['1/2 A made', '2/2 B kept', 'C (AWS::SQS::Queue) failed: no']);
  });
});
