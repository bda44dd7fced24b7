import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { ConfigError, CredentialsError } from '../pipeline/errors.ts';

export interface ConnectOptions {
  region?: string | undefined;
  profile?: string | undefined;
}

/** Where and as whom; the clients are made once and passed down. */
export interface Connection {
  account: string;
  region: string;
  /** `aws`, `aws-cn` or `aws-us-gov`: the second part of every ARN. */
  partition: string;
  cloudformation: CloudFormationClient;
  dynamodb: DynamoDBClient;
  glue: GlueClient;
  lambda: LambdaClient;
  s3: S3Client;
  secretsManager: SecretsManagerClient;
  ssm: SSMClient;
}

/** Finds credentials the way the AWS command line does, single sign-on included, and asks AWS whose they are. */
export async function connect({ region, profile }: ConnectOptions = {}): Promise<Connection> {
  const settings = {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    credentials: fromNodeProviderChain({ ...(profile !== undefined && { profile }) }),
  };
  const sts = new STSClient(settings);
  const found = await findRegion(sts);
  const identity = await findIdentity(sts, profile);
  const common = { ...settings, region: found };
  return {
    ...identity,
    region: found,
    cloudformation: new CloudFormationClient({ ...common, maxAttempts: 8 }),
    dynamodb: new DynamoDBClient(common),
    glue: new GlueClient(common),
    lambda: new LambdaClient(common),
    s3: new S3Client(common),
    secretsManager: new SecretsManagerClient(common),
    ssm: new SSMClient(common),
  };
}

async function findRegion(sts: STSClient): Promise<string> {
  try {
    return await sts.config.region();
  } catch (cause) {
    throw new ConfigError('no AWS region is set; give --region, or set AWS_REGION', { cause });
  }
}

async function findIdentity(
  sts: STSClient,
  profile: string | undefined,
): Promise<{ account: string; partition: string }> {
  const whose = profile === undefined ? '' : ` of the profile '${profile}'`;
  try {
    await sts.config.credentials();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const login = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
    throw new CredentialsError(
      `no AWS credentials${whose}: ${why}\nSign in first (\`${login}\`), name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
      { cause },
    );
  }
  try {
    const { Account: account, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (account === undefined) throw new TypeError('GetCallerIdentity answered without an account');
    return { account, partition: arn?.split(':')[1] ?? 'aws' };
  } catch (cause) {
    if (!(cause instanceof Error) || !isRefusal(cause)) throw cause;
    throw new CredentialsError(`AWS does not accept the credentials${whose}: ${cause.message}`, { cause });
  }
}

const refusals = [
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'AccessDenied',
];

function isRefusal(error: Error): boolean {
  return refusals.includes(error.name);
}
