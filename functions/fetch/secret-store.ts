import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  PutSecretValueCommand,
  type PutSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import {
  GetParameterCommand,
  type GetParameterCommandOutput,
  PutParameterCommand,
  type PutParameterCommandOutput,
} from '@aws-sdk/client-ssm';
import { createHash } from 'node:crypto';
import type { SecretReference } from '../../pipeline/source/source.ts';

/** The stores that secrets lie in. */
export interface SecretStores {
  ssm: {
    send(command: GetParameterCommand): Promise<GetParameterCommandOutput>;
    send(command: PutParameterCommand): Promise<PutParameterCommandOutput>;
  };
  secretsManager: {
    send(command: GetSecretValueCommand): Promise<GetSecretValueCommandOutput>;
    send(command: PutSecretValueCommand): Promise<PutSecretValueCommandOutput>;
  };
}

interface Stored {
  /** Empty where there is none. */
  value: string;
  version: string;
}

interface SecretStore {
  /** For messages. */
  place: string;
  read(): Promise<Stored>;
  /** In place of this version, as far as the store can tell; answers with what is stored then. */
  write(value: string, inPlaceOf: string): Promise<string>;
}

/** One secret in its store. */
export function openStore(stores: SecretStores, { store, secret }: SecretReference): SecretStore {
  return store === 'parameter-store'
    ? parameterStore(stores.ssm, `/catchwater/${secret}`)
    : secretsManager(stores.secretsManager, `catchwater/${secret}`);
}

/** It has no condition for a write: what somebody stores between our read and our write is lost. */
function parameterStore(ssm: SecretStores['ssm'], name: string): SecretStore {
  return {
    place: `parameter ${name} of Parameter Store`,
    read: async () => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return { value: trimmed(Parameter?.Value), version: String(Parameter?.Version ?? '') };
    },
    write: async (value) => {
      const input = { Name: name, Value: value, Type: 'SecureString', Overwrite: true } as const;
      await ssm.send(new PutParameterCommand(input));
      return value;
    },
  };
}

function secretsManager(client: SecretStores['secretsManager'], name: string): SecretStore {
  const read = async (): Promise<Stored> => {
    const { SecretString, VersionId = '' } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    return { value: trimmed(SecretString), version: VersionId };
  };
  return {
    place: `${name} of Secrets Manager`,
    read,
    write: async (value, inPlaceOf) => {
      // A version is never changed, and this names the one that follows: of two writers the second is refused.
      const token = createHash('sha256').update(inPlaceOf).digest('hex');
      const input = { SecretId: name, SecretString: value, ClientRequestToken: token };
      try {
        await client.send(new PutSecretValueCommand(input));
        return value;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ResourceExistsException') throw error;
        return (await read()).value;
      }
    },
  };
}

/** A file's last line break is no part of a key. */
function trimmed(value: string | undefined): string {
  return value?.trim() ?? '';
}
