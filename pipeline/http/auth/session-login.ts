import { ConfigError } from '../../errors.ts';
import { isSecret } from '../../source/secrets-in.ts';
import type { Auth, Client, MaybeSecret, SecretReference } from '../../source/source.ts';
import type { HttpRequest } from '../send-request.ts';
import type { SecretReader } from './secret-reader.ts';
import { formRequest, tokenHeaders } from './token-request.ts';

export type SessionToken = Extract<Auth, { type: 'session_token' }>;

/** The request that opens a session, with its secrets filled in. */
export async function loginRequest(
  { login }: SessionToken,
  { client, reader }: { client: Client; reader: SecretReader },
): Promise<HttpRequest> {
  const url = loginUrl(client.base_url, login.path);
  const headers = { ...tokenHeaders(client), ...lowerCased(client.headers), ...lowerCased(login.headers) };
  if (login.form !== undefined) {
    const form = (await fillIn(login.form, reader)) as Record<string, string>;
    if (login.method === 'POST') return formRequest(url, form, headers);
    for (const [name, value] of Object.entries(form)) url.searchParams.append(name, value);
  }
  if (login.json === undefined || login.method === 'GET') return { method: login.method, url, headers };
  const body = JSON.stringify(await fillIn(login.json, reader));
  return { method: 'POST', url, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** Every secret that the login names. */
export function loginSecrets({ login }: SessionToken): SecretReference[] {
  const found: SecretReference[] = [];
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isSecret(value)) found.push(value);
    else Object.values(value).forEach(search);
  };
  search([login.json, login.form]);
  return found;
}

function loginUrl(baseUrl: string, path: string): URL {
  const base = new URL(baseUrl);
  const url = new URL(path.replace(/^\/+/, ''), base);
  if (url.origin === base.origin && url.pathname.startsWith(base.pathname)) return url;
  throw new ConfigError(`the login path '${path}' leads to ${url.href}, outside of ${base.href}`);
}

async function fillIn(value: unknown, reader: SecretReader): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if (isSecret(value)) return reader.read(value satisfies MaybeSecret);
  if (Array.isArray(value)) return Promise.all(value.map((element) => fillIn(element, reader)));
  const entries = Object.entries(value).map(async ([name, inner]): Promise<[string, unknown]> => [
    name,
    await fillIn(inner, reader),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
