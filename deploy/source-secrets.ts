import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type GetParameterCommandOutput, ParameterNotFound } from '@aws-sdk/client-ssm';
import { secretsIn } from '../pipeline/source/secrets-in.ts';
import type { CompiledSource, SecretReference } from '../pipeline/source/source.ts';

interface Place {
  account: string;
  region: string;
  partition: string;
}

interface SecretStores {
  ssm: { send(command: GetParameterCommand): Promise<GetParameterCommandOutput> };
  secretsManager: { send(command: DescribeSecretCommand): Promise<DescribeSecretCommandOutput> };
}

interface SecretArns {
  SecretParameterArns: string;
  SecretArns: string;
  RotatingSecretArns: string;
}

/** The template's lists: exactly what the source names may be read, and what its API replaces may be written. */
export function secretArns(source: CompiledSource, place: Place): SecretArns {
  const listed = (secrets: SecretReference[]): string =>
    secrets.map((reference) => arnOf(reference, place)).join(',');
  const secrets = secretsIn(source);
  const inStore = (store: SecretReference['store']): string =>
    listed(secrets.filter((reference) => reference.store === store));
  const { auth } = source.client;
  return {
    SecretParameterArns: inStore('parameter-store'),
    SecretArns: inStore('secrets-manager'),
    RotatingSecretArns: listed(auth?.type === 'oauth2_refresh_token' ? [auth.refresh_token] : []),
  };
}

function arnOf({ store, secret }: SecretReference, { account, region, partition }: Place): string {
  if (store === 'parameter-store') {
    return `arn:${partition}:ssm:${region}:${account}:parameter/catchwater/${secret}`;
  }
  // Secrets Manager adds six characters of its own to the name.
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:catchwater/${secret}-??????`;
}

/** One line for each secret that the source names and nobody has set yet. */
export async function findMissingSecrets(source: CompiledSource, stores: SecretStores): Promise<string[]> {
  const missing: string[] = [];
  for (const reference of secretsIn(source)) {
    if (await isSet(reference, stores)) continue;
    const store = reference.store === 'secrets-manager' ? ' --store secrets-manager' : '';
    missing.push(
      `the secret '${reference.secret}' is not set, every fetch will fail; set it: catchwater secret set ${reference.secret}${store}`,
    );
  }
  return missing;
}

async function isSet(
  { secret, store }: SecretReference,
  { ssm, secretsManager }: SecretStores,
): Promise<boolean> {
  const name = store === 'secrets-manager' ? `catchwater/${secret}` : `/catchwater/${secret}`;
  try {
    await (store === 'secrets-manager'
      ? secretsManager.send(new DescribeSecretCommand({ SecretId: name }))
      : ssm.send(new GetParameterCommand({ Name: name })));
    return true;
  } catch (error) {
    if (error instanceof ParameterNotFound || error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}
