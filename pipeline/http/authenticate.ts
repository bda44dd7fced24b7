import type { Auth, SecretReference } from '../source/source.ts';
import type { HttpRequest } from './send-request.ts';

type KeyAuth = Extract<Auth, { type: 'api_key' | 'bearer' }>;

/** The secret that the requests need. */
export function secretOf(auth: Auth): SecretReference {
  const known = keyAuth(auth);
  return known.type === 'bearer' ? known.token : known.api_key;
}

/** The request with its key. */
export function authenticate(request: HttpRequest, auth: Auth, secret: string): HttpRequest {
  const known = keyAuth(auth);
  if (known.type === 'bearer') return withHeader(request, 'authorization', `Bearer ${secret}`);
  if (known.location === 'header') return withHeader(request, known.name, secret);
  const url = new URL(request.url);
  url.searchParams.set(known.name, secret);
  return { ...request, url };
}

/** The URL as it may be shown and stored: a key in it is `***`. */
export function shownUrl(request: HttpRequest, auth: Auth | undefined): string {
  return (auth ? authenticate(request, auth, '***') : request).url.href;
}

function keyAuth(auth: Auth): KeyAuth {
  if (auth.type === 'api_key' || auth.type === 'bearer') return auth;
  throw new Error(`auth.type ${auth.type} has no key of its own`);
}

function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
}
