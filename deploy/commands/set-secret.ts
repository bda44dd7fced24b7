import {
  CreateSecretCommand,
  type CreateSecretCommandOutput,
  PutSecretValueCommand,
  type PutSecretValueCommandOutput,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, type PutParameterCommandOutput } from '@aws-sdk/client-ssm';
import { ConfigError } from '../../pipeline/errors.ts';

export interface SetSecretOptions {
  name: string;
  value: string;
  store: 'parameter-store' | 'secrets-manager';
  /** KMS key of one's own; default: the store's. */
  keyId?: string | undefined;
}

interface Stores {
  ssm: { send(command: PutParameterCommand): Promise<PutParameterCommandOutput> };
  secretsManager: {
    send(command: PutSecretValueCommand): Promise<PutSecretValueCommandOutput>;
    send(command: CreateSecretCommand): Promise<CreateSecretCommandOutput>;
  };
}

/** Stores a secret under the name by which sources refer to it, or replaces its value; answers where it is. */
export async function setSecret(options: SetSecretOptions, stores: Stores): Promise<string> {
  const { name, store, keyId } = options;
  const value = options.value.trim();
  if (!/^[A-Za-z][A-Za-z0-9_.-]*(\/[A-Za-z0-9_.-]+)*$/.test(name)) {
    throw new ConfigError(
      `'${name}' cannot name a secret: letters, digits and _ . - / after a letter; the value is asked for, or read from standard input`,
    );
  }
  if (value === '') throw new ConfigError(`the value of '${name}' is empty: nothing was stored`);
  if (store === 'parameter-store') {
    await stores.ssm.send(
      new PutParameterCommand({
        Name: `/catchwater/${name}`,
        Value: value,
        Type: 'SecureString',
        Overwrite: true,
        ...(keyId !== undefined && { KeyId: keyId }),
      }),
    );
    return `/catchwater/${name}`;
  }
  const id = `catchwater/${name}`;
  try {
    await stores.secretsManager.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const key = keyId === undefined ? {} : { KmsKeyId: keyId };
    await stores.secretsManager.send(new CreateSecretCommand({ Name: id, SecretString: value, ...key }));
  }
  return id;
}
