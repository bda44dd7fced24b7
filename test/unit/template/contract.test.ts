/** The template against docs/contracts.md: environment, invocations, log events, buckets. */
import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ledgerSchema } from '../../../pipeline/ledger/schema.ts';
import { rawObjectKey } from '../../../pipeline/raw-object.ts';
import { loadTemplate, nameOf, propertiesOf, resourcesOf } from '../../support/template.ts';

const root = resolve(import.meta.dirname, '../../..');
const template = loadTemplate('pipeline.yaml');
const properties = (name: string): Record<string, unknown> => propertiesOf(template, name);
const target = (name: string) => properties(name)['Target'] as { Input: string };

function textsOf(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

describe('environment of the functions', () => {
  /** Lambda sets these itself. */
  const ofLambda = ['AWS_REGION'];
  /** Read by Node and its memory, not by us. The benchmark of the memory sets the same. */
  const ofNode = ['NODE_OPTIONS', 'MALLOC_ARENA_MAX', 'MALLOC_TRIM_THRESHOLD_'];

  for (const [folder, name] of [
    ['fetch', 'FetchFunction'],
    ['dispatch', 'DispatchFunction'],
  ] as const) {
    const environment = properties(name)['Environment'] as { Variables?: Record<string, unknown> };
    const Variables = Object.fromEntries(
      Object.entries(environment.Variables ?? {}).filter(([variable]) => !ofNode.includes(variable)),
    );

    it(`${name} has what its handler reads, and nothing else`, () => {
      const handler = readFileSync(join(root, 'functions', folder, 'handler.ts'), 'utf8');
      const [, list = ''] = /readEnvironment\(\[([^\]]*)\]/.exec(handler) ?? [];
      const read = [...list.matchAll(/'(\w+)'/g)].map(([, variable = '']) => variable);
      expect(read).to.include('SOURCE_KEY');
      expect(Object.keys(Variables).toSorted()).to.deep.equal(
        read.filter((variable) => !ofLambda.includes(variable)).toSorted(),
      );
    });

    it(`${name} carries no secret: every variable is a name or a number of the stack`, () => {
      for (const [variable, value] of Object.entries(Variables)) {
        expect(variable).to.not.match(/SECRET|TOKEN|PASSWORD|API_KEY/);
        const { 'Fn::If': [, ...choices] = [null, value] } = value as { 'Fn::If'?: unknown[] };
        for (const choice of choices) expect(Object.keys(choice as object)).to.deep.equal(['Ref']);
      }
    });
  }

  it('FetchFunction runs with the memory settings that the benchmark measures', () => {
    const { Variables = {} } = properties('FetchFunction')['Environment'] as {
      Variables?: Record<string, unknown>;
    };
    const benchmark = readFileSync(join(root, 'bench/compare-responses.ts'), 'utf8');
    for (const variable of ofNode)
      expect(benchmark).to.contain(`${variable}: '${String(Variables[variable])}',`);
  });
});

describe('invocations', () => {
  it('the schedule sends its own time, the tick says that it is one', () => {
    expect(JSON.parse(target('FetchSchedule').Input)).to.deep.equal({
      scheduledAt: '<aws.scheduler.scheduled-time>',
    });
    expect(JSON.parse(target('TickSchedule').Input)).to.deep.equal({ tick: true });
  });

  it('events of raw objects alone reach the queue', () => {
    const { QueueConfigurations } = properties('StagingBucket')['NotificationConfiguration'] as {
      QueueConfigurations: { Filter: { S3Key: { Rules: { Name: string; Value: string }[] } } }[];
    };
    const rules = QueueConfigurations.map(({ Filter }) => Filter.S3Key.Rules);
    expect(rules).to.deep.equal([[{ Name: 'prefix', Value: 'raw/' }]]);
    const key = rawObjectKey({ resource: 'r', slice: 'all', scheduledAt: new Date(0), attempt: 1, part: 0 });
    expect(key.startsWith(rules[0]?.[0]?.Value ?? '?')).to.equal(true);
  });

  it('no delivery is repeated for hours', () => {
    for (const [name, resource] of resourcesOf(template, 'AWS::Scheduler::Schedule')) {
      const { RetryPolicy, DeadLetterConfig } = resource.Properties['Target'] as {
        RetryPolicy: { MaximumRetryAttempts: number; MaximumEventAgeInSeconds: number };
        DeadLetterConfig: unknown;
      };
      expect(RetryPolicy.MaximumRetryAttempts, name).to.be.at.most(2);
      expect(RetryPolicy.MaximumEventAgeInSeconds, name).to.be.at.most(600);
      expect(DeadLetterConfig, name).to.deep.equal({ Arn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } });
    }
    const configured = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => {
      expect(Properties['MaximumRetryAttempts']).to.equal(1);
      expect(Properties['MaximumEventAgeInSeconds']).to.be.at.most(300);
      return nameOf(Properties['FunctionName']);
    });
    expect(configured).to.have.members(['${FetchFunction}', '${DispatchFunction}']);
  });

  it('a message is hidden for six times as long as the dispatcher may run', () => {
    expect(properties('EventQueue')['VisibilityTimeout']).to.be.at.least(
      6 * Number(properties('DispatchFunction')['Timeout']),
    );
  });
});

describe('metric filters', () => {
  const filters = resourcesOf(template, 'AWS::Logs::MetricFilter').map(([name, { Properties }]) => ({
    name,
    group: nameOf(Properties['LogGroupName']),
    events: eventsOf(String(Properties['FilterPattern'])),
    metric: (
      Properties['MetricTransformations'] as {
        MetricName: string;
        MetricValue: string;
        MetricNamespace: unknown;
      }[]
    )[0],
  }));

  for (const { name, group, events, metric } of filters) {
    it(`${name} counts events that its function logs, with the field that it takes`, () => {
      const folder = { '${FetchLogGroup}': 'fetch', '${DispatchLogGroup}': 'dispatch' }[group];
      const texts = textsOf(`functions/${folder}`);
      const calls = [...texts.matchAll(/\w+\(\s*'([^']+)',\s*(\{[^}]*\})?/g)].filter(([, said = '']) =>
        events.includes(said),
      );
      expect(events).to.have.length.above(0);
      for (const event of events) {
        const logged = calls.some(([, said]) => said === event);
        expect(logged, `'${event}' is logged nowhere in functions/${folder}`).to.equal(true);
      }
      const field = /^\$\.(\w+)$/.exec(metric?.MetricValue ?? '')?.[1];
      if (field !== undefined)
        expect(calls.every(([, , fields = '']) => fields.includes(field))).to.equal(true);
      else expect(metric?.MetricValue).to.equal('1');
    });
  }

  it('are the four of the contract, each watched by an alarm', () => {
    const metrics = filters.map(({ metric }) => metric?.MetricName);
    expect(metrics).to.have.members(['WindowsCommitted', 'LoadsCommitted', 'LoadsFailed', 'RowsQuarantined']);
    const watched = resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .filter(
        ([, { Properties }]) =>
          nameOf(Properties['Namespace']) === nameOf(filters[0]?.metric?.MetricNamespace),
      )
      .map(([, { Properties }]) => Properties['MetricName']);
    expect(watched).to.have.members(metrics);
  });
});

describe('ledger table', () => {
  it('is made as the ledger’s own schema says', () => {
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode } =
      properties('LedgerTable');
    expect({ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode }).to.deep.equal({
      ...ledgerSchema,
    });
  });
});

describe('Glue job', () => {
  const { DefaultArguments, ...job } = properties('GlueJob') as {
    DefaultArguments: Record<string, unknown>;
  } & Record<string, unknown>;

  it('runs one load at a time, once, on the version that the engine was made for', () => {
    expect(job).to.deep.include({ GlueVersion: '5.1', MaxRetries: 0, JobRunQueuingEnabled: false });
    expect(job['ExecutionProperty']).to.deep.equal({ MaxConcurrentRuns: 1 });
    expect(DefaultArguments).to.include({ '--job-bookmark-option': 'job-bookmark-disable' });
  });

  it('installs the wheels of the artifact bucket, and asks no package index', () => {
    expect(DefaultArguments['--python-modules-installer-option']).to.equal('--no-index');
    expect(nameOf(DefaultArguments['--additional-python-modules'])).to.equal(
      's3://${ArtifactBucket}/${GlueWheelsKey}',
    );
  });

  it('writes to log groups that the template has made, with retention', () => {
    const prefix = nameOf(DefaultArguments['--custom-logGroup-prefix']);
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup').map(([, { Properties }]) =>
      nameOf(Properties['LogGroupName']),
    );
    expect(groups).to.include.members([`${prefix}/output`, `${prefix}/error`]);
  });
});

/** `{ $.event = "a" }`, or several of them: `{ ($.event = "a") || ($.event = "b") }`; none of any other form. */
function eventsOf(pattern: string): string[] {
  const [, inner = ''] = /^\{ (.*) \}$/.exec(pattern) ?? [];
  const terms = inner.split(' || ').map((term) => /^\(?\$\.event = "([^"]+)"\)?$/.exec(term)?.[1]);
  return terms.every((term) => term !== undefined) ? terms : [];
}
