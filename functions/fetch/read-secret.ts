import { CatchwaterError, ConfigError } from '../../pipeline/errors.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import type { SecretReference } from '../../pipeline/source/source.ts';
import { openStore, type SecretStores } from './secret-store.ts';

/** A warm function lives for hours: a secret that was replaced is noticed after this time, or when the API refuses it. */
const lifetimeMs = 5 * 60_000;

interface Kept {
  value: Promise<string>;
  readAt: number;
}

/** Secrets by name, kept in memory for a short time. */
export function createSecrets(stores: SecretStores, now: () => Date): Secrets {
  const kept = new Map<string, Kept>();
  const keep = (reference: SecretReference, value: Promise<string>): Promise<string> => {
    const entry = { value, readAt: now().getTime() };
    kept.set(keyOf(reference), entry);
    // A failure is not kept: the next one who asks tries again.
    value.catch(() => kept.get(keyOf(reference)) === entry && kept.delete(keyOf(reference)));
    return value;
  };
  const readAnew = (reference: SecretReference): Promise<string> =>
    keep(reference, readSecret(stores, reference));
  const read = (reference: SecretReference): Promise<string> => {
    const entry = kept.get(keyOf(reference));
    const isFresh = entry !== undefined && now().getTime() - entry.readAt < lifetimeMs;
    return isFresh ? entry.value : readAnew(reference);
  };
  return {
    read,
    readAnew,
    renew: async (reference, refused) => {
      const entry = kept.get(keyOf(reference));
      const current = await read(reference);
      if (current !== refused) return current;
      // Many requests are refused at once; the first of them reads for all.
      const newer = kept.get(keyOf(reference));
      return newer && newer !== entry ? newer.value : readAnew(reference);
    },
    replace: (reference, replaced, value) =>
      keep(reference, replaceSecret(stores, reference, { replaced, value })),
  };
}

function keyOf({ store, secret }: SecretReference): string {
  return `${store}/${secret}`;
}

async function readSecret(stores: SecretStores, reference: SecretReference): Promise<string> {
  const { secret } = reference;
  const store = openStore(stores, reference);
  const remedy = `set it with \`catchwater secret set ${secret}\``;
  const stored = await store.read().catch((cause: unknown) => {
    const message = `the secret '${secret}' cannot be read (${store.place}: ${nameOf(cause)}); ${remedy}`;
    throw new ConfigError(message, { cause });
  });
  if (stored.value === '') {
    throw new ConfigError(`the secret '${secret}' is empty (${store.place}); ${remedy}`);
  }
  return stored.value;
}

async function replaceSecret(
  stores: SecretStores,
  reference: SecretReference,
  { replaced, value }: { replaced: string; value: string },
): Promise<string> {
  const store = openStore(stores, reference);
  try {
    const stored = await store.read();
    // Somebody was faster: another invocation, or a person. What they stored is at least as new.
    if (stored.value !== replaced) return stored.value;
    return await store.write(value, stored.version);
  } catch (cause) {
    const message = `the secret '${reference.secret}' cannot be replaced (${store.place}: ${nameOf(cause)})`;
    throw new CatchwaterError(message, { cause });
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
