import { ConfigError } from '../../pipeline/errors.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import type { SecretReference } from '../../pipeline/source/source.ts';
import { variableOf } from '../secret-variable.ts';

/** Secrets from environment variables: nothing of an AWS account is needed to try a source. */
export function environmentSecrets(environment: NodeJS.ProcessEnv): Secrets {
  const values = new Map<string, string>();
  const read = async ({ secret }: SecretReference): Promise<string> => {
    const variable = variableOf(secret);
    const value = values.get(secret) ?? environment[variable]?.trim() ?? '';
    if (value !== '') return value;
    throw new ConfigError(`the secret '${secret}' is not there: set the environment variable ${variable}`);
  };
  return {
    read,
    renew: read,
    readAnew: read,
    replace: async ({ secret }, _replaced, value) => {
      // A rotated token lives as long as this process; the stored one is used up.
      values.set(secret, value);
      return value;
    },
  };
}

/** For a run against recorded answers: every secret has a value that is none. */
export const standInSecrets: Secrets = {
  read: standIn,
  renew: standIn,
  readAnew: standIn,
  replace: async (_reference, _replaced, value) => value,
};

async function standIn({ secret }: SecretReference): Promise<string> {
  return `stand-in for ${secret}`;
}
