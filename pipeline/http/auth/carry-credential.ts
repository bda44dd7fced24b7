import type { HttpRequest } from '../send-request.ts';
import type { Authenticator } from './authenticator.ts';
import type { Credential } from './credential.ts';
import { placeCredential, type Placement } from './placement.ts';
import type { SecretReader } from './secret-reader.ts';

/** Puts the credential into every request, and knows what each of them was sent with. */
export function carryCredential(
  credential: Credential,
  placement: Placement,
  { hide }: SecretReader,
): Pick<Authenticator, 'apply' | 'renew'> {
  const carried = new WeakMap<HttpRequest, string>();
  return {
    apply: async (request) => {
      const value = await credential.current();
      hide(value);
      const sent = placeCredential(request, placement, value);
      for (const known of [request, sent]) carried.set(known, value);
      return sent;
    },
    renew: async (refused) => {
      const value = carried.get(refused) ?? (await credential.current());
      return (await credential.renew(value)) !== value;
    },
  };
}
