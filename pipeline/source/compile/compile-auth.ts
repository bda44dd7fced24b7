import { isMapping } from '../merge-defaults.ts';
import { parseDuration } from '../duration.ts';
import type { ClientPart } from '../schema/source-schema.ts';
import type { Auth, TokenRequest } from '../source.ts';

type AuthPart = NonNullable<ClientPart['auth']>;
type Part<Type extends AuthPart['type']> = Extract<AuthPart, { type: Type }>;

export function compileAuth(auth: AuthPart): Auth {
  switch (auth.type) {
    case 'api_key':
      return { type: auth.type, name: auth.name, location: auth.location, api_key: auth.api_key };
    case 'bearer':
      return { type: auth.type, token: auth.token };
    case 'http_basic':
      return {
        type: auth.type,
        username: auth.username,
        ...(auth.password ? { password: auth.password } : {}),
      };
    case 'oauth2_client_credentials':
      return { type: auth.type, token: compileToken(auth) };
    case 'oauth2_refresh_token':
      return { type: auth.type, token: compileToken(auth), refresh_token: auth.refresh_token };
    case 'session_token':
      return compileSession(auth);
    default:
      return { type: auth.type, service: auth.service, region: auth.region };
  }
}

function compileToken(auth: Part<'oauth2_client_credentials' | 'oauth2_refresh_token'>): TokenRequest {
  return {
    url: auth.access_token_url,
    client_id: auth.client_id,
    ...(auth.client_secret ? { client_secret: auth.client_secret } : {}),
    client_in: auth.client_in,
    scopes: auth.scopes,
    data: auth.access_token_request_data,
    token_path: auth.access_token_path,
    expires_in_path: auth.expires_in_path,
    lifetime_ms: parseDuration(auth.default_token_expiration) ?? 0,
  };
}

function compileSession(auth: Part<'session_token'>): Auth {
  const { login } = auth;
  return {
    type: auth.type,
    login: {
      path: login.path.replace(/^\//, ''),
      method: login.method,
      headers: login.headers,
      ...(login.json === undefined ? {} : { json: withStores(login.json) }),
      ...(login.form ? { form: login.form } : {}),
    },
    token_path: auth.token_path,
    ...(auth.expires_in_path === undefined ? {} : { expires_in_path: auth.expires_in_path }),
    lifetime_ms: parseDuration(auth.lifetime) ?? 0,
    name: auth.name,
    location: auth.location,
    prefix: auth.prefix ?? (isAuthorization(auth) ? 'Bearer ' : ''),
  };
}

function isAuthorization({ name, location }: Part<'session_token'>): boolean {
  return location === 'header' && name.toLowerCase() === 'authorization';
}

/** The body is free JSON, whose secrets have not been through the grammar: their store is filled in here. */
function withStores(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withStores);
  if (!isMapping(value)) return value;
  if (isSecretPart(value)) return { secret: value['secret'], store: value['store'] ?? 'parameter-store' };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withStores(inner)]));
}

/** `{ secret: name }`, with or without a store, and nothing else. */
export function isSecretPart(value: Record<string, unknown>): boolean {
  const keys = Object.keys(value);
  return Object.hasOwn(value, 'secret') && keys.every((key) => key === 'secret' || key === 'store');
}
