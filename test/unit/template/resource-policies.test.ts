import { expect } from 'chai';
import {
  actionsOf,
  loadTemplate,
  nameOf,
  resourcesOf,
  resourceNames,
  statementsOf,
  type TemplateDocument,
} from '../../support/template.ts';

const templates = { pipeline: loadTemplate('pipeline.yaml'), artifacts: loadTemplate('artifacts.yaml') };
const types = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'];

function policiesOf(template: TemplateDocument) {
  return types
    .flatMap((type) => resourcesOf(template, type))
    .map(([name, { Properties }]) => ({
      name,
      of: nameOf(
        Properties['Bucket'] ??
          (Properties['Queues'] as unknown[])?.[0] ??
          (Properties['Topics'] as unknown[])?.[0],
      ),
      statements: statementsOf(Properties['PolicyDocument']),
    }));
}

describe('policies of buckets, queues and topics', () => {
  for (const [file, template] of Object.entries(templates)) {
    const policies = policiesOf(template);

    it(`${file}: every bucket, queue and topic has one`, () => {
      const owners = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic']
        .flatMap((type) => resourcesOf(template, type))
        .map(([name]) => `\${${name}}`);
      expect(policies.map((policy) => policy.of)).to.have.members(owners);
    });

    for (const { name, statements } of policies) {
      it(`${file}: ${name} refuses plain HTTP, for everyone and everything in it`, () => {
        const deny = statements.find(({ Effect }) => Effect === 'Deny');
        expect(deny?.Principal).to.equal('*');
        // The boolean: some checkers compare with that.
        expect(deny?.Condition).to.deep.equal({ Bool: { 'aws:SecureTransport': false } });
        if (deny && actionsOf(deny)[0] === 's3:*') {
          const [bucket, objects] = resourceNames(deny);
          expect(objects).to.equal(`${bucket}/*`);
        }
      });

      it(`${file}: ${name} lets services in, not the world, and only on behalf of this account or stack`, () => {
        for (const statement of statements.filter(({ Effect }) => Effect === 'Allow')) {
          expect(Object.keys(statement.Principal as object)).to.deep.equal(['Service']);
          const keys = Object.values(statement.Condition ?? {}).flatMap((condition) =>
            Object.keys(condition),
          );
          expect(keys.some((key) => key === 'aws:SourceAccount' || key === 'aws:SourceArn')).to.equal(true);
        }
      });
    }
  }

  it('the queue takes events of the staging bucket only, whose name makes no cycle', () => {
    const [allow] = statementsOf(
      templates.pipeline.Resources['EventQueuePolicy']?.Properties['PolicyDocument'],
    );
    expect(JSON.stringify(allow)).to.not.contain('"StagingBucket"');
    const source = allow?.Condition?.['ArnEquals']?.['aws:SourceArn'] as {
      'Fn::Sub': [string, { Bucket: unknown }];
    };
    expect(source['Fn::Sub'][1].Bucket).to.deep.equal(
      templates.pipeline.Resources['StagingBucket']?.Properties['BucketName'],
    );
    expect(templates.pipeline.Resources['StagingBucket']?.DependsOn).to.equal('EventQueuePolicy');
  });
});
