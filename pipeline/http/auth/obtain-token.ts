import type { Auth, Client, MaybeSecret, TokenRequest } from '../../source/source.ts';
import type { HttpRequest } from '../send-request.ts';
import { askToken } from './ask-token.ts';
import type { AuthDeps } from './authenticator.ts';
import type { ReadToken, TokenPlaces } from './read-token.ts';
import { refreshToken } from './refresh-token.ts';
import type { SecretReader } from './secret-reader.ts';
import { loginRequest, loginSecrets } from './session-login.ts';
import type { Token, TokenEntry } from './token-cache.ts';
import { TokenRefusal } from './token-refusal.ts';
import { tokenRequest } from './token-request.ts';

export interface Means {
  client: Client;
  reader: SecretReader;
  deps: AuthDeps;
}

type TokenAuth = Extract<
  Auth,
  { type: 'oauth2_client_credentials' | 'oauth2_refresh_token' | 'session_token' }
>;

/** A new token, in the way of the source's `auth`. */
export async function obtainToken(auth: TokenAuth, entry: TokenEntry, means: Means): Promise<Token> {
  const { reader, deps } = means;
  if (auth.type === 'session_token') {
    const build = (): Promise<HttpRequest> => loginRequest(auth, means);
    return (await ask({ build, places: auth, parts: loginSecrets(auth) }, means)).token;
  }
  const forGrant = (grant: Record<string, string>): Promise<ReadToken> =>
    ask(
      { build: () => tokenRequest(auth.token, grant, means), places: auth.token, parts: partsOf(auth.token) },
      means,
    );
  if (auth.type === 'oauth2_client_credentials') {
    return (await forGrant({ grant_type: 'client_credentials' })).token;
  }
  const forRefreshToken = (value: string): Promise<ReadToken> =>
    forGrant({ grant_type: 'refresh_token', refresh_token: value });
  return refreshToken(forRefreshToken, { ...deps, entry, reader, reference: auth.refresh_token });
}

interface Question {
  build: () => Promise<HttpRequest>;
  places: TokenPlaces;
  /** The secrets in it. */
  parts: readonly MaybeSecret[];
}

/** Asks with the secrets in memory; when they are refused, once more with those that are stored now, if they differ. */
async function ask({ build, places, parts }: Question, { client, reader, deps }: Means): Promise<ReadToken> {
  const askOnce = async (): Promise<ReadToken> =>
    askToken(await build(), places, { ...deps, timeoutMs: client.timeout_ms });
  try {
    return await askOnce();
  } catch (error) {
    if (!(error instanceof TokenRefusal) || !(await reader.renew(parts))) throw error;
    return askOnce();
  }
}

function partsOf({ client_id, client_secret }: TokenRequest): MaybeSecret[] {
  return [client_id, ...(client_secret ? [client_secret] : [])];
}
