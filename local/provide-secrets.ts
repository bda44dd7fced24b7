import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { setSecret } from '../deploy/commands/set-secret.ts';
import { findMissingSecrets, secretsOf } from '../deploy/source-secrets.ts';
import { ConfigError } from '../pipeline/errors.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';

/** Puts the secrets that the source names from the environment into the stores of the local AWS. */
export async function provideSecrets(source: CompiledSource, environment: NodeJS.ProcessEnv): Promise<void> {
  const stores = { ssm: new SSMClient(), secretsManager: new SecretsManagerClient() };
  for (const { secret, store } of secretsOf(source)) {
    const value = environment[variableOf(secret)];
    if (value) await setSecret({ name: secret, value, store }, stores);
  }
  const missing = await findMissingSecrets(source, stores);
  if (missing.length === 0) return;
  const names = secretsOf(source).map(({ secret }) => variableOf(secret));
  throw new ConfigError(
    `the source needs a secret that the local AWS does not hold: set the environment variable ${names.join(', ')}`,
  );
}

/** `weatherapi-key` → `WEATHERAPI_KEY` */
export function variableOf(secret: string): string {
  return secret.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}
