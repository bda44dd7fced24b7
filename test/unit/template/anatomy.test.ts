import { expect } from 'chai';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ownParameters } from '../../../deploy/check-parameters.ts';
import { loadTemplate, nameOf, propertiesOf, resourcesOf } from '../../support/template.ts';

const folder = join(import.meta.dirname, '../../../cloudformation');
const template = loadTemplate('pipeline.yaml');
const text = readFileSync(join(folder, 'pipeline.yaml'), 'utf8');

describe('anatomy of the template', () => {
  it('keeps the order that a reader expects', () => {
    const sections = [...text.matchAll(/^([A-Z]\w+):/gm)].map(([, section]) => section);
    expect(sections.join(' ')).to.equal(
      'AWSTemplateFormatVersion Description Metadata Parameters Conditions Resources Outputs',
    );
  });

  it('fits into a request: a stack can be made from its text alone', () => {
    expect(statSync(join(folder, 'pipeline.yaml')).size).to.be.at.most(51_200);
  });

  it('has a name of its own in CloudFormation for no role', () => {
    // Named roles would need another capability, and collide between regions.
    for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Role'))
      expect(Properties).to.not.have.property('RoleName');
  });
});

describe('parameters', () => {
  const groups = template.Metadata['AWS::CloudFormation::Interface'].ParameterGroups;

  it('stand in one group each', () => {
    expect(groups.flatMap(({ Parameters }) => Parameters)).to.have.members(Object.keys(template.Parameters));
  });

  for (const [name, parameter] of Object.entries(template.Parameters)) {
    it(`${name} is described, constrained and used`, () => {
      expect(parameter.Description).to.match(/^[A-Z].{15,}/);
      expect(text.match(new RegExp(String.raw`(!Ref ${name}\b|\$\{${name}\})`))).to.not.equal(null);
      const isList = parameter.Type === 'CommaDelimitedList';
      const constrained = parameter.AllowedPattern ?? parameter.AllowedValues ?? parameter.MinValue;
      expect(isList || constrained !== undefined, 'a pattern, values or a range').to.equal(true);
      if (parameter.AllowedPattern !== undefined) expect(parameter).to.have.property('ConstraintDescription');
    });

    if (parameter.Default !== undefined && parameter.AllowedPattern !== undefined) {
      it(`${name} has a default that fits`, () => {
        expect(String(parameter.Default)).to.match(new RegExp(parameter.AllowedPattern ?? ''));
      });
    }
  }

  it('by hand only the artifact bucket and the source must be given', () => {
    const needed = Object.entries(template.Parameters).filter(([, { Default }]) => Default === undefined);
    expect(needed.map(([name]) => name)).to.have.members(['ArtifactBucket', 'SourceKey']);
  });

  it('deploy knows which ones it fills in', () => {
    expect(Object.keys(template.Parameters)).to.include.members(ownParameters);
  });
});

const linesOf = (list: string): string[] => list.trim().split(/\n\s*/);

describe('Cadence', () => {
  const pattern = new RegExp(template.Parameters['Cadence']?.AllowedPattern ?? 'no pattern');
  const good = `
    rate(1 minute)
    rate(5 minutes)
    rate(15 minutes)
    rate(1 hour)
    rate(24 hours)
    rate(1 day)
    rate(10 days)
    cron(5 * * * ? *)
    cron(0/15 * * * ? *)
    cron(0 8-18 ? * MON-FRI *)
    cron(0 6 1 * ? *)
    cron(0 6 L * ? *)
    cron(0 6 ? * 2#1 *)
    cron(0,30 6 15W JAN,JUL ? 2026-2030)`;
  const bad = `
    every(5 minutes)
    rate(5 minute)
    rate(1 minutes)
    rate(0 minutes)
    rate(1 second)
    rate(1.5 hours)
    rate(minutes)
    rate(5 minutes
    5 minutes
    Rate(1 hour)
    rate(1 hour) or so
    cron(5 * * * *)
    cron(5 * * * * *)
    cron(5 * ? * ? *)
    cron(bogus)
    */5 * * * *
    at(2026-11-21T10:00:00)`;
  for (const cadence of linesOf(good)) it(`takes ${cadence}`, () => expect(cadence).to.match(pattern));
  for (const cadence of ['', ...linesOf(bad)])
    it(`refuses '${cadence}'`, () => expect(cadence).to.not.match(pattern));
});

describe('what holds data', () => {
  const stateful = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table'];
  for (const file of ['pipeline.yaml', 'artifacts.yaml'] as const) {
    const document = loadTemplate(file);
    for (const [name, resource] of stateful.flatMap((type) => resourcesOf(document, type))) {
      it(`${name} outlives its stack, unless that was never made`, () => {
        expect(resource.DeletionPolicy).to.equal('RetainExceptOnCreate');
        expect(resource.UpdateReplacePolicy).to.equal('Retain');
      });
    }

    for (const [name, { Properties }] of resourcesOf(document, 'AWS::S3::Bucket')) {
      it(`${name} is private, encrypted, versioned, and drops unfinished uploads`, () => {
        expect(Object.values(Properties['PublicAccessBlockConfiguration'] as object)).to.deep.equal([
          true,
          true,
          true,
          true,
        ]);
        expect(JSON.stringify(Properties['BucketEncryption'])).to.contain('AES256');
        expect(Properties['VersioningConfiguration']).to.deep.equal({ Status: 'Enabled' });
        expect(JSON.stringify(Properties['LifecycleConfiguration'])).to.contain(
          'AbortIncompleteMultipartUpload',
        );
      });
    }
  }

  it('raw objects never expire, what loads leave does', () => {
    const { Rules } = propertiesOf(template, 'StagingBucket')['LifecycleConfiguration'] as {
      Rules: { Prefix?: string; ExpirationInDays?: number }[];
    };
    const expiring = Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(expiring.map(({ Prefix }) => Prefix)).to.deep.equal(['loads/', 'quarantine/', 'athena-results/']);
  });

  it('the ledger can be taken back to any second', () => {
    expect(propertiesOf(template, 'LedgerTable')['PointInTimeRecoverySpecification']).to.deep.equal({
      PointInTimeRecoveryEnabled: true,
    });
  });
});

describe('logs and alarms', () => {
  for (const [name, resource] of resourcesOf(template, 'AWS::Logs::LogGroup')) {
    it(`${name} keeps lines for a time that is set`, () => {
      expect(resource.Properties['RetentionInDays']).to.deep.equal({ Ref: 'LogRetentionDays' });
    });
  }

  it('every function writes to a group of the template', () => {
    const groups = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      nameOf((Properties['LoggingConfig'] as { LogGroup: unknown }).LogGroup),
    );
    expect(groups).to.deep.equal(['${FetchLogGroup}', '${DispatchLogGroup}']);
  });

  for (const [name, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
    it(`${name} tells someone, and says what a silent metric means`, () => {
      expect(Properties['AlarmActions']).to.deep.equal([{ Ref: 'AlarmTopic' }]);
      const isHeartbeat = Properties['ComparisonOperator'] === 'LessThanThreshold';
      expect(Properties['TreatMissingData']).to.equal(isHeartbeat ? 'breaching' : 'notBreaching');
      if (!isHeartbeat) return;
      expect(Properties['EvaluationPeriods']).to.deep.equal({ Ref: 'StaleAfterHours' });
      expect(Properties['ActionsEnabled']).to.deep.equal({ 'Fn::If': ['FetchIsScheduled', true, false] });
    });
  }

  it('both heartbeats are there', () => {
    const hearts = resourcesOf(template, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties['TreatMissingData'] === 'breaching',
    );
    expect(hearts.map(([, { Properties }]) => Properties['MetricName'])).to.deep.equal([
      'WindowsCommitted',
      'LoadsCommitted',
    ]);
  });

  it('the dashboard is JSON, and shows every alarm', () => {
    const { 'Fn::Sub': body } = propertiesOf(template, 'Dashboard')['DashboardBody'] as {
      'Fn::Sub': string;
    };
    const { widgets } = JSON.parse(body) as { widgets: { properties: { alarms?: string[] } }[] };
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([name]) => `\${${name}.Arn}`);
    expect(widgets.flatMap(({ properties }) => properties.alarms ?? [])).to.have.members(alarms);
  });
});
