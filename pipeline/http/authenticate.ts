import type { Auth, SecretReference } from '../source/source.ts';
import type { HttpRequest } from './send-request.ts';

/** The secret that the requests need. */
export function secretOf(auth: Auth): SecretReference {
  return auth.type === 'bearer' ? auth.token : auth.api_key;
}

/** The request with its key. */
export function authenticate(request: HttpRequest, auth: Auth, secret: string): HttpRequest {
  if (auth.type === 'bearer') return withHeader(request, 'authorization', `Bearer ${secret}`);
  if (auth.location === 'header') return withHeader(request, auth.name, secret);
  const url = new URL(request.url);
  url.searchParams.set(auth.name, secret);
  return { ...request, url };
}

/** The URL as it may be shown and stored: a key in it is `***`. */
export function shownUrl(request: HttpRequest, auth: Auth | undefined): string {
  return (auth ? authenticate(request, auth, '***') : request).url.href;
}

function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
}
