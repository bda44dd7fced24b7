import { ConfigError } from '../../errors.ts';
import type { Client, TokenRequest } from '../../source/source.ts';
import type { HttpRequest } from '../send-request.ts';
import { withHeader } from './placement.ts';
import type { SecretReader } from './secret-reader.ts';
import { basicCredentials } from './stored-credential.ts';

/** The request of RFC 6749 for one grant; `data` comes last, as some hosts have a grant_type of their own. */
export async function tokenRequest(
  token: TokenRequest,
  grant: Record<string, string>,
  { client, reader }: { client: Client; reader: SecretReader },
): Promise<HttpRequest> {
  const id = await reader.read(token.client_id);
  const secret = token.client_secret && (await reader.read(token.client_secret));
  const inBody = token.client_in === 'body';
  const form = {
    ...grant,
    ...(token.scopes.length > 0 && { scope: token.scopes.join(' ') }),
    ...(inBody && { client_id: id, ...(secret !== undefined && { client_secret: secret }) }),
    ...token.data,
  };
  const request = formRequest(new URL(token.url), form, tokenHeaders(client));
  if (inBody) return request;
  // RFC 6749, 2.3.1: both are written as in a form before they are joined.
  const basic = basicCredentials(
    [id, secret ?? ''].map((text) => new URLSearchParams({ '': text }).toString().slice(1)),
  );
  reader.hide(basic);
  return withHeader(request, 'authorization', `Basic ${basic}`);
}

export function formRequest(
  url: URL,
  form: Record<string, string>,
  headers: Record<string, string>,
): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  };
}

/** Of the client's own headers only its name: the others are meant for the API, and the token may come from elsewhere. */
export function tokenHeaders(client: Client): Record<string, string> {
  const agent = Object.entries(client.headers).find(([name]) => name.toLowerCase() === 'user-agent')?.[1];
  return { accept: 'application/json', 'accept-encoding': 'gzip, br', 'user-agent': agent ?? 'catchwater' };
}

/** A client secret does not travel in the clear, except within the machine. */
export function checkTokenUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return;
  throw new ConfigError(`the token URL '${text}' must begin with https:// (http:// on this machine only)`);
}
