import type { ProtectRule } from '../body/body-form.ts';
import type { Secrets } from '../http/auth/secrets.ts';
import type { SecretMask } from '../http/secret-mask.ts';
import { parseJsonPath } from '../source/json-path.ts';
import type { CompiledResource } from '../source/source.ts';

/** What never lands as it is, with the keys of hashes read. */
export function protectRules(
  { protect }: CompiledResource,
  { secrets, mask }: { secrets: Pick<Secrets, 'read'>; mask: SecretMask },
): Promise<ProtectRule[]> {
  return Promise.all(
    protect.map(async ({ path, how, key }): Promise<ProtectRule> => {
      const steps = parseJsonPath(path);
      if (how === 'redact' || key === undefined) return { path: steps, how: 'redact' };
      const value = await secrets.read(key);
      mask.hide(value);
      return { path: steps, how, key: value };
    }),
  );
}
