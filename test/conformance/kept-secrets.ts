import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import { ConfigError } from '../../pipeline/errors.ts';

/** Secrets in memory. A name followed by ` then` holds what lies under the name from the second reading on. */
export function keepSecrets(values: Map<string, string>): Secrets {
  const known = new Map<string, string>();
  const readAnew: Secrets['readAnew'] = async ({ secret }) => {
    const value = values.get(secret);
    if (value === undefined) throw new ConfigError(`there is no secret '${secret}'`);
    const later = values.get(`${secret} then`);
    if (later !== undefined) {
      values.set(secret, later);
      values.delete(`${secret} then`);
    }
    known.set(secret, value);
    return value;
  };
  return {
    readAnew,
    read: async (reference) => known.get(reference.secret) ?? (await readAnew(reference)),
    renew: async (reference, refused) => {
      const value = known.get(reference.secret);
      return value !== undefined && value !== refused ? value : readAnew(reference);
    },
    replace: async ({ secret }, replaced, value) => {
      if (values.get(secret) === replaced) values.set(secret, value);
      const stored = values.get(secret) ?? value;
      known.set(secret, stored);
      return stored;
    },
  };
}
