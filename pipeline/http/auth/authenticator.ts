import type { Client } from '../../source/source.ts';
import { HttpError } from '../http-error.ts';
import type { SecretMask } from '../secret-mask.ts';
import type { HttpRequest, Send } from '../send-request.ts';
import { carryCredential } from './carry-credential.ts';
import { createCredential } from './create-credential.ts';
import { hideCredential, placementOf } from './placement.ts';
import { createSecretReader } from './secret-reader.ts';
import type { Secrets } from './secrets.ts';
import type { AwsCredentials } from './sign-request.ts';
import { signRequests } from './sign-requests.ts';
import type { TokenCache } from './token-cache.ts';

export interface AuthDeps {
  secrets: Secrets;
  /** `createTokenCache()`, made once for a warm process, beside the secrets. */
  tokens: TokenCache;
  send: Send;
  mask: SecretMask;
  now: () => Date;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  credentials: () => Promise<AwsCredentials>;
  /** Of the invocation, not of one window: a token that one asks for is for all. */
  signal?: AbortSignal | undefined;
}

export interface Authenticator {
  /** The request as it is sent. Throws an HttpError where no token is to be had, a ConfigError where no secret is. */
  apply: (request: HttpRequest) => Promise<HttpRequest>;
  /**
   * After a refusal (401, 403 or a `refresh_token` rule) of what `apply` took or gave: true when something newer is
   * there, so that one more try makes sense.
   */
  renew: (refused: HttpRequest) => Promise<boolean>;
  /** As it may be shown and stored. */
  shownUrl: (request: HttpRequest) => string;
}

/** Throws a ConfigError for a token URL that would carry secrets in the clear. */
export function createAuthenticator(client: Client, deps: AuthDeps): Authenticator {
  const { auth } = client;
  const placement = auth && auth.type !== 'aws_sigv4' ? placementOf(auth) : undefined;
  const shownUrl = (request: HttpRequest): string =>
    deps.mask.mask(hideCredential(request.url, placement).href);
  if (!auth) return { apply: async (request) => request, renew: async () => false, shownUrl };
  const reader = createSecretReader(deps.secrets, deps.mask);
  const { apply, renew } =
    auth.type === 'aws_sigv4'
      ? signRequests(auth, deps, reader)
      : carryCredential(createCredential(auth, { client, reader, deps }), placementOf(auth), reader);
  const { origin } = new URL(client.base_url);
  return {
    renew,
    shownUrl,
    apply: async (request) => {
      // Whoever made this URL, from a link or a parent's record: no key leaves the host that it is for.
      if (request.url.origin === origin) return apply(request);
      const message = `${request.url.origin} is not ${origin}: the key of client.auth is for that host alone`;
      throw new HttpError(message, { retryable: false });
    },
  };
}
