import type { Auth } from '../../source/source.ts';
import type { HttpRequest } from '../send-request.ts';
import type { AuthDeps, Authenticator } from './authenticator.ts';
import type { SecretReader } from './secret-reader.ts';
import { signRequest } from './sign-request.ts';

/** Signs every request anew; a refused one is worth another try when the role's credentials have changed since. */
export function signRequests(
  { service, region }: Extract<Auth, { type: 'aws_sigv4' }>,
  { credentials, now }: AuthDeps,
  { hide }: SecretReader,
): Pick<Authenticator, 'apply' | 'renew'> {
  const signedWith = new WeakMap<HttpRequest, string>();
  return {
    apply: async (request) => {
      const current = await credentials();
      hide(current.secretAccessKey);
      hide(current.sessionToken ?? '');
      const signed = await signRequest(request, { service, region, credentials: current, now: now() });
      for (const known of [request, signed]) signedWith.set(known, current.accessKeyId);
      return signed;
    },
    renew: async (refused) => (await credentials()).accessKeyId !== signedWith.get(refused),
  };
}
