import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  actionsOf,
  loadTemplate,
  propertiesOf,
  resourceNames,
  resourcesOf,
  roleStatements,
  statementsOf,
  type Statement,
} from '../../support/template.ts';

const template = loadTemplate('pipeline.yaml');
const root = resolve(import.meta.dirname, '../../..');

/** What a function sends → what it needs to be allowed. Parts of a transaction are allowed one by one. */
const neededFor: Record<string, string[]> = {
  AbortMultipartUploadCommand: ['s3:AbortMultipartUpload'],
  BatchGetCommand: ['dynamodb:BatchGetItem'],
  BatchStopJobRunCommand: ['glue:BatchStopJobRun'],
  CompleteMultipartUploadCommand: ['s3:PutObject'],
  CreateMultipartUploadCommand: ['s3:PutObject'],
  CreateTableCommand: ['glue:CreateTable'],
  DeleteObjectsCommand: ['s3:DeleteObject'],
  GetCommand: ['dynamodb:GetItem'],
  GetJobRunCommand: ['glue:GetJobRun'],
  GetJobRunsCommand: ['glue:GetJobRuns'],
  GetObjectCommand: ['s3:GetObject'],
  GetParameterCommand: ['ssm:GetParameter'],
  GetSecretValueCommand: ['secretsmanager:GetSecretValue'],
  GetTableCommand: ['glue:GetTable'],
  HeadObjectCommand: ['s3:GetObject'],
  InvokeCommand: ['lambda:InvokeFunction'],
  ListObjectsV2Command: ['s3:ListBucket'],
  ListObjectVersionsCommand: ['s3:ListBucketVersions'],
  PutCommand: ['dynamodb:PutItem'],
  PutEventsCommand: ['events:PutEvents'],
  PutObjectCommand: ['s3:PutObject'],
  PutParameterCommand: ['ssm:PutParameter'],
  PutSecretValueCommand: ['secretsmanager:PutSecretValue'],
  QueryCommand: ['dynamodb:Query'],
  StartJobRunCommand: ['glue:StartJobRun'],
  TransactWriteCommand: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
  UpdateCommand: ['dynamodb:UpdateItem'],
  UpdateTableCommand: ['glue:UpdateTable'],
  UploadPartCommand: ['s3:PutObject'],
};

/** What Lambda does under a function's role, and what no code shows. */
const byLambda = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:SendMessage',
  'kms:Decrypt',
  'kms:GenerateDataKey',
];
const fromQueue = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const besidesCode = { fetch: byLambda, dispatch: [...byLambda, ...fromQueue, 's3:ListBucket'] };

/** The texts of a file and of all of ours that it imports. */
function reach(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file, text);
  for (const [, specifier = ''] of text.matchAll(/^import (?!type )[^;]*?from '(\.[^']+)';/gms)) {
    reach(resolve(dirname(file), specifier), found);
  }
  return found;
}

function allowedOn(role: string, part: string): string[] {
  return roleStatements(template, role)
    .filter((statement) => resourceNames(statement).some((name) => name.includes(part)))
    .flatMap(actionsOf)
    .toSorted();
}

function statementNamed(role: string, sid: string): Statement {
  const statement = roleStatements(template, role).find(({ Sid }) => Sid === sid);
  if (!statement) throw new Error(`${role} has no statement ${sid}`);
  return statement;
}

describe('roles of the template', () => {
  const roles = resourcesOf(template, 'AWS::IAM::Role').map(([name]) => name);

  for (const role of roles) {
    describe(role, () => {
      it('allows no action by a wildcard and nothing on every resource', () => {
        const loose = roleStatements(template, role).filter(
          (statement) =>
            statement.Effect !== 'Allow' ||
            actionsOf(statement).some((action) => action.includes('*')) ||
            resourceNames(statement).some((name) => /^(\*|arn:[^/]*:\*)$/.test(name)),
        );
        expect(loose).to.deep.equal([]);
        expect(roleStatements(template, role)).to.have.length.above(0);
      });

      it('is bounded where a boundary is given, and takes no policy of others', () => {
        const properties = propertiesOf(template, role);
        expect(properties['PermissionsBoundary']).to.deep.equal({
          'Fn::If': ['HasPermissionsBoundary', { Ref: 'PermissionsBoundary' }, { Ref: 'AWS::NoValue' }],
        });
        expect(properties).to.not.have.property('ManagedPolicyArns');
      });

      it('is assumed by one service', () => {
        const [statement, ...more] = statementsOf(propertiesOf(template, role)['AssumeRolePolicyDocument']);
        expect(more).to.deep.equal([]);
        expect(JSON.stringify(statement?.Principal)).to.match(/^\{"Service":"[a-z]+\.amazonaws\.com"\}$/);
      });
    });
  }

  for (const [name, role] of [
    ['fetch', 'FetchRole'],
    ['dispatch', 'DispatchRole'],
  ] as const) {
    it(`${role} allows what the ${name} function sends, and nothing else`, () => {
      const texts = [...reach(join(root, 'functions', name, 'handler.ts')).values()];
      const sent = new Set(
        texts.flatMap((text) => [...text.matchAll(/new (\w+Command)\(/g)].map(([, made]) => made)),
      );
      const needed = [...sent].flatMap((made) => {
        const actions = neededFor[made ?? ''];
        if (!actions) throw new Error(`say in this test what ${made} needs to be allowed`);
        return actions;
      });
      const allowed = new Set(roleStatements(template, role).flatMap(actionsOf));
      expect([...allowed].toSorted()).to.deep.equal(
        [...new Set([...needed, ...besidesCode[name]])].toSorted(),
      );
    });
  }

  it('GlueRole allows what the job does, and nothing else', () => {
    expect(new Set(roleStatements(template, 'GlueRole').flatMap(actionsOf))).to.deep.equal(
      new Set([
        's3:GetObject',
        's3:GetObjectVersion',
        's3:PutObject',
        's3:ListBucket',
        'dynamodb:GetItem',
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'kms:Decrypt',
        'kms:GenerateDataKey',
      ]),
    );
  });

  it('of another stack’s ledger the fetch function sees the budgets only', () => {
    const statement = statementNamed('FetchRole', 'ShareBudgets');
    expect(actionsOf(statement)).to.deep.equal(['dynamodb:GetItem', 'dynamodb:PutItem']);
    expect(resourceNames(statement)).to.deep.equal([
      'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${BudgetTable}',
    ]);
    expect(statement.Condition).to.deep.equal({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['BUDGET#*'] },
    });
  });

  it('the fetch function invokes itself, and no other', () => {
    const name = {
      'Fn::If': [
        'HasFetchFunctionName',
        { Ref: 'FetchFunctionName' },
        { 'Fn::Sub': '${AWS::StackName}-fetch' },
      ],
    };
    expect(statementNamed('FetchRole', 'GoOn').Resource).to.deep.equal({
      'Fn::Sub': [
        'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}',
        { Name: name },
      ],
    });
    expect(propertiesOf(template, 'FetchFunction')['FunctionName']).to.deep.equal(name);
  });

  it('the dispatcher deletes files of tables, and neither raw objects nor versions', () => {
    const deleting = roleStatements(template, 'DispatchRole').filter((statement) =>
      actionsOf(statement).some((action) => action.startsWith('s3:Delete')),
    );
    expect(deleting.map(actionsOf)).to.deep.equal([['s3:GetObject', 's3:DeleteObject']]);
    expect(deleting.flatMap(resourceNames)).to.deep.equal(['${CuratedBucket.Arn}/*']);
  });

  it('the source says which secrets the fetch function may read', () => {
    const parameters = statementNamed('FetchRole', 'ReadSecretParameters');
    expect(parameters.Resource).to.deep.equal({ Ref: 'SecretParameterArns' });
    expect(statementNamed('FetchRole', 'ReadSecrets').Resource).to.deep.equal({ Ref: 'SecretArns' });
  });

  it('it replaces those secrets only that the API replaces, and makes none', () => {
    expect(statementNamed('FetchRole', 'ReplaceSecrets').Resource).to.deep.equal({
      Ref: 'RotatingSecretArns',
    });
    const elsewhere = roleStatements(template, 'FetchRole').filter(
      (statement) =>
        statement.Sid !== 'ReplaceSecrets' &&
        actionsOf(statement).some((action) => /^(ssm|secretsmanager):(?!Get)/.test(action)),
    );
    expect(elsewhere).to.deep.equal([]);
  });
});

describe('what no local AWS proves of the roles (law 21)', () => {
  it('a PUT with If-Match has GetObject beside it, on the same objects', () => {
    expect(allowedOn('GlueRole', '${CuratedBucket.Arn}/*')).to.include.members([
      's3:GetObject',
      's3:PutObject',
    ]);
  });

  it('a missing key answers 404, not 403: whoever must tell has ListBucket, without a condition', () => {
    for (const [role, buckets] of [
      ['GlueRole', ['CuratedBucket']],
      ['DispatchRole', ['StagingBucket', 'CuratedBucket']],
    ] as const) {
      const statement = statementNamed(role, 'TellMissingFromForbidden');
      expect(actionsOf(statement)).to.deep.equal(['s3:ListBucket']);
      expect(resourceNames(statement)).to.deep.equal(buckets.map((bucket) => `\${${bucket}.Arn}`));
      // A condition on the prefix would not match a GetObject, which carries none.
      expect(statement).to.not.have.property('Condition');
    }
  });

  it('a multipart upload can be broken off, a 412 looked into', () => {
    expect(allowedOn('FetchRole', '${StagingBucket.Arn}/raw/*')).to.deep.equal(
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'].toSorted(),
    );
  });

  it('raw objects are read by version', () => {
    expect(allowedOn('GlueRole', '/raw/*')).to.deep.equal(['s3:GetObjectVersion']);
  });

  it('the engine writes reports, quarantine and files, and neither raw objects nor manifests', () => {
    const written = roleStatements(template, 'GlueRole')
      .filter((statement) => actionsOf(statement).includes('s3:PutObject'))
      .flatMap(resourceNames);
    expect(written).to.have.members([
      '${StagingBucket.Arn}/loads/*/report*',
      '${StagingBucket.Arn}/quarantine/*',
      '${CuratedBucket.Arn}/*',
    ]);
  });

  it('the engine sees one item of the ledger: the lease', () => {
    const statements = roleStatements(template, 'GlueRole').filter((statement) =>
      actionsOf(statement).some((action) => action.startsWith('dynamodb:')),
    );
    expect(statements.map(actionsOf)).to.deep.equal([['dynamodb:GetItem']]);
    expect(statements[0]?.Condition).to.deep.equal({
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['LEASE'] },
    });
  });

  it('a key of one’s own may be used to read and to write, by all three roles', () => {
    for (const role of ['FetchRole', 'DispatchRole', 'GlueRole']) {
      const statement = statementNamed(role, 'UseKey');
      expect(actionsOf(statement)).to.deep.equal(['kms:Decrypt', 'kms:GenerateDataKey']);
      expect(statement.Resource).to.deep.equal({ Ref: 'KmsKeyArn' });
    }
  });
});
