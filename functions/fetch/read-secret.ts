import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { ConfigError } from '../../pipeline/errors.ts';
import type { SecretReference } from '../../pipeline/source/source.ts';
import type { Secrets, SecretStores } from './deps.ts';

/** A warm function lives for hours: a secret that was replaced is noticed after this time, or when the API refuses it. */
const lifetimeMs = 5 * 60_000;

interface Kept {
  value: Promise<string>;
  readAt: number;
}

/** Secrets by name, kept in memory for a short time. */
export function createSecrets(stores: SecretStores, now: () => Date): Secrets {
  const kept = new Map<string, Kept>();
  const readAnew = (reference: SecretReference): Promise<string> => {
    const value = readSecret(stores, reference);
    const entry = { value, readAt: now().getTime() };
    kept.set(keyOf(reference), entry);
    // A failure is not kept: the next one who asks tries again.
    value.catch(() => kept.get(keyOf(reference)) === entry && kept.delete(keyOf(reference)));
    return value;
  };
  const read = (reference: SecretReference): Promise<string> => {
    const entry = kept.get(keyOf(reference));
    const isFresh = entry !== undefined && now().getTime() - entry.readAt < lifetimeMs;
    return isFresh ? entry.value : readAnew(reference);
  };
  return {
    read,
    renew: async (reference, refused) => {
      const entry = kept.get(keyOf(reference));
      const current = await read(reference);
      if (current !== refused) return current;
      // Many requests are refused at once; the first of them reads for all.
      const newer = kept.get(keyOf(reference));
      return newer && newer !== entry ? newer.value : readAnew(reference);
    },
  };
}

function keyOf({ store, secret }: SecretReference): string {
  return `${store}/${secret}`;
}

async function readSecret(stores: SecretStores, { store, secret }: SecretReference): Promise<string> {
  const name = store === 'parameter-store' ? `/catchwater/${secret}` : `catchwater/${secret}`;
  const place =
    store === 'parameter-store' ? `parameter ${name} of Parameter Store` : `${name} of Secrets Manager`;
  const remedy = `set it with \`catchwater secret set ${secret}\``;
  const value = await ask(stores, store, name).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.name : 'unknown error';
    throw new ConfigError(`the secret '${secret}' cannot be read (${place}: ${reason}); ${remedy}`, {
      cause,
    });
  });
  // A file's last line break is no part of a key.
  const trimmed = value?.trim() ?? '';
  if (trimmed === '') throw new ConfigError(`the secret '${secret}' is empty (${place}); ${remedy}`);
  return trimmed;
}

async function ask(
  { ssm, secretsManager }: SecretStores,
  store: SecretReference['store'],
  name: string,
): Promise<string | undefined> {
  if (store === 'parameter-store') {
    const answer = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return answer.Parameter?.Value;
  }
  return (await secretsManager.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;
}
