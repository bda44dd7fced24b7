import type { MaybeSecret } from '../../source/source.ts';
import type { Credential } from './credential.ts';
import type { SecretReader } from './secret-reader.ts';

/** A credential that is stored as it is, or put together from stored parts. */
export function storedCredential(
  parts: readonly MaybeSecret[],
  { read, renew }: SecretReader,
  join = (values: string[]) => values.join(''),
): Credential {
  const current = async (): Promise<string> => join(await Promise.all(parts.map(read)));
  return {
    current,
    renew: async (refused) => {
      const known = await current();
      if (known !== refused) return known;
      await renew(parts);
      return current();
    },
  };
}

/** RFC 7617, in UTF-8. */
export function basicCredentials([username = '', password = '']: string[]): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
