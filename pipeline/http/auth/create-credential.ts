import type { Auth } from '../../source/source.ts';
import type { Credential } from './credential.ts';
import { obtainToken, type Means } from './obtain-token.ts';
import { basicCredentials, storedCredential } from './stored-credential.ts';
import { tokenCredential } from './token-credential.ts';
import { checkTokenUrl } from './token-request.ts';

/** What the requests of this client are sent with. */
export function createCredential(auth: Exclude<Auth, { type: 'aws_sigv4' }>, means: Means): Credential {
  const { client, reader, deps } = means;
  if (auth.type === 'api_key') return storedCredential([auth.api_key], reader);
  if (auth.type === 'bearer') return storedCredential([auth.token], reader);
  if (auth.type === 'http_basic') {
    return storedCredential([auth.username, auth.password ?? ''], reader, basicCredentials);
  }
  if (auth.type !== 'session_token') checkTokenUrl(auth.token.url);
  // Names of secrets, no values: this outlives the invocation.
  const entry = deps.tokens.entryOf(JSON.stringify([client.base_url, auth]));
  return tokenCredential(entry, () => obtainToken(auth, entry, means), deps.now);
}
