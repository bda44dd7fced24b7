import type { Auth } from '../../source/source.ts';
import type { HttpRequest } from '../send-request.ts';

/** Where a credential stands in a request. */
export interface Placement {
  location: 'query' | 'header';
  name: string;
  /** Before the value, such as `Bearer `. */
  prefix: string;
}

export function placementOf(auth: Exclude<Auth, { type: 'aws_sigv4' }>): Placement {
  if (auth.type === 'session_token') return auth;
  if (auth.type === 'api_key') return { ...auth, prefix: '' };
  const prefix = auth.type === 'http_basic' ? 'Basic ' : 'Bearer ';
  return { location: 'header', name: 'authorization', prefix };
}

export function placeCredential(
  request: HttpRequest,
  { location, name, prefix }: Placement,
  value: string,
): HttpRequest {
  if (location === 'query') return { ...request, url: withParameter(request.url, name, prefix + value) };
  return withHeader(request, name, prefix + value);
}

export function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
}

/** With `***` where a credential stands in it, or would stand. */
export function hideCredential(url: URL, placement: Placement | undefined): URL {
  return placement?.location === 'query' ? withParameter(url, placement.name, '***') : url;
}

/** What stands there already stays as it is written: APIs tell `%20` from `+`, and a next link is theirs. */
function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  if (changed.searchParams.has(name)) {
    changed.searchParams.set(name, value);
  } else {
    const parameter = new URLSearchParams({ [name]: value }).toString();
    changed.search = url.search === '' ? parameter : `${url.search}&${parameter}`;
  }
  return changed;
}
