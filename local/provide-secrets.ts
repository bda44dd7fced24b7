import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { setSecret } from '../deploy/commands/set-secret.ts';
import { variableOf } from '../deploy/secret-variable.ts';
import { findMissingSecrets } from '../deploy/source-secrets.ts';
import { secretsIn } from '../pipeline/source/secrets-in.ts';
import { ConfigError } from '../pipeline/errors.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';

/** Puts the secrets that the source names from the environment into the stores of the local AWS. */
export async function provideSecrets(source: CompiledSource, environment: NodeJS.ProcessEnv): Promise<void> {
  const stores = { ssm: new SSMClient(), secretsManager: new SecretsManagerClient() };
  for (const { secret, store } of secretsIn(source)) {
    const value = environment[variableOf(secret)];
    if (value) await setSecret({ name: secret, value, store }, stores);
  }
  const missing = await findMissingSecrets(source, stores);
  if (missing.length === 0) return;
  const names = secretsIn(source).map(({ secret }) => variableOf(secret));
  throw new ConfigError(
    `the source needs a secret that the local AWS does not hold: set the environment variable ${names.join(', ')}`,
  );
}
