import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, type GetParameterCommandOutput, ParameterNotFound } from '@aws-sdk/client-ssm';
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

export function secretsOf({ client: { auth } }: CompiledSource): SecretReference[] {
  if (!auth) return [];
  return [auth.type === 'bearer' ? auth.token : auth.api_key];
}

/** The template's two lists: exactly what the source names may be read, nothing else. */
export function secretArns(
  source: CompiledSource,
  { account, region, partition }: Place,
): { SecretParameterArns: string; SecretArns: string } {
  const secrets = secretsOf(source);
  const inStore = (store: SecretReference['store'], arn: (name: string) => string): string =>
    secrets
      .filter((reference) => reference.store === store)
      .map(({ secret }) => arn(secret))
      .join(',');
  return {
    SecretParameterArns: inStore(
      'parameter-store',
      (name) => `arn:${partition}:ssm:${region}:${account}:parameter/catchwater/${name}`,
    ),
    // Secrets Manager adds six characters of its own to the name.
    SecretArns: inStore(
      'secrets-manager',
      (name) => `arn:${partition}:secretsmanager:${region}:${account}:secret:catchwater/${name}-??????`,
    ),
  };
}

/** One line for each secret that the source names and nobody has set yet. */
export async function findMissingSecrets(source: CompiledSource, stores: SecretStores): Promise<string[]> {
  const missing: string[] = [];
  for (const reference of secretsOf(source)) {
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
