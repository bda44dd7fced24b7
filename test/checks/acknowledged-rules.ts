/** What cdk-nag's packs ask for and the templates do otherwise: rule × stack resource × reason. */
export interface Acknowledged {
  rule: string;
  resources: string[];
  reason: string;
}

const iam = (resource: string): string => `AwsSolutions-IAM5[Resource::${resource}]`;

export const acknowledged: Record<'pipeline' | 'artifacts', Acknowledged[]> = {
  pipeline: [
    {
      rule: 'AwsSolutions-S1',
      resources: ['StagingBucket', 'CuratedBucket'],
      reason:
        'Access logs would need a third bucket; objects are written once or by a conditional PUT, CloudTrail tells who read.',
    },
    {
      rule: 'AwsSolutions-SQS3',
      resources: ['DeadLetterQueue'],
      reason: 'It is the dead-letter queue: the rule does not see that through an included template.',
    },
    {
      rule: 'Serverless-SQSRedrivePolicy',
      resources: ['DeadLetterQueue'],
      reason: 'It is the dead-letter queue itself.',
    },
    {
      rule: iam('arn:<AWS::Partition>:s3:::<ArtifactBucket>/sources/*'),
      resources: ['FetchRole', 'DispatchRole'],
      reason:
        'The key of the compiled source holds its hash: it changes with each deploy, the role need not.',
    },
    {
      rule: iam('arn:<AWS::Partition>:s3:::<ArtifactBucket>/glue/*'),
      resources: ['GlueRole'],
      reason:
        'Keys of script, library and wheels hold their hash, and Glue asks for objects beside the script.',
    },
    {
      rule: iam('<StagingBucket.Arn>/raw/*'),
      resources: ['FetchRole', 'GlueRole'],
      reason: 'Keys of raw objects hold resource and time: they are not known beforehand.',
    },
    {
      rule: iam('<StagingBucket.Arn>/loads/*'),
      resources: ['DispatchRole', 'GlueRole'],
      reason: 'Each load has a folder of its own.',
    },
    {
      rule: iam('<StagingBucket.Arn>/loads/*/report*'),
      resources: ['GlueRole'],
      reason: 'Each load has a folder of its own; the engine may write the report in it, not the manifest.',
    },
    {
      rule: iam('<StagingBucket.Arn>/quarantine/*'),
      resources: ['GlueRole'],
      reason: 'Each table and load has a folder of its own.',
    },
    {
      rule: iam('<CuratedBucket.Arn>/*'),
      resources: ['GlueRole', 'DispatchRole'],
      reason: 'The tables are the whole bucket, and nothing else is in it; any of them may be built anew.',
    },
    {
      rule: iam('arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/<Database>/*'),
      resources: ['DispatchRole'],
      reason: 'The source says which tables there are; they lie in the stack’s own database.',
    },
    {
      rule: iam(
        'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws-glue/<AWS::StackName>/*',
      ),
      resources: ['GlueRole'],
      reason: 'The two groups of the job and their streams, which are named by run.',
    },
    {
      rule: 'AwsSolutions-GL1',
      resources: ['GlueJob'],
      reason: 'The job’s log holds no payload; CloudWatch encrypts it with a key of its own.',
    },
    {
      rule: 'AwsSolutions-GL3',
      resources: ['GlueJob'],
      reason: 'Bookmarks are off: the ledger says what has been loaded.',
    },
    {
      rule: 'Serverless-LambdaDLQ',
      resources: ['FetchFunction', 'DispatchFunction'],
      reason:
        'EventInvokeConfig sends failed invocations to the dead-letter queue, with the error beside the event.',
    },
    {
      rule: 'Serverless-LambdaTracing',
      resources: ['FetchFunction', 'DispatchFunction'],
      reason:
        'A trace would show one function at a time; ledger, receipts and log events follow a window through all of them.',
    },
    {
      rule: 'Serverless-LambdaEventSourceMappingDestination',
      resources: ['DispatchEventSource'],
      reason: 'Mappings of SQS queues have no destinations; the queue’s redrive policy does this.',
    },
    {
      rule: 'Serverless-SNSRedrivePolicy',
      resources: ['AlarmSubscription'],
      reason: 'It is an e-mail address: a mail that bounces does not come back to SNS.',
    },
  ],
  artifacts: [
    {
      rule: 'AwsSolutions-S1',
      resources: ['ArtifactBucket'],
      reason: 'It holds code and compiled sources, named by their hash and never replaced.',
    },
  ],
};
