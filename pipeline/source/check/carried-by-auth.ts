import type { ClientPart } from '../schema/source-schema.ts';

/** What a client's auth sets itself; names of headers in lower case. */
export interface Carried {
  kind: 'params' | 'headers';
  name: string;
}

export function carriedByAuth(auth: ClientPart['auth'] | undefined): Carried[] {
  if (!auth) return [];
  switch (auth.type) {
    case 'api_key':
    case 'session_token':
      return auth.location === 'query'
        ? [{ kind: 'params', name: auth.name }]
        : [{ kind: 'headers', name: auth.name.toLowerCase() }];
    case 'aws_sigv4':
      return ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'].map((name) => ({
        kind: 'headers',
        name,
      }));
    default:
      return [{ kind: 'headers', name: 'authorization' }];
  }
}
