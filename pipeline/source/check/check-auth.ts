import { isSecretPart } from '../compile/compile-auth.ts';
import { parseDuration } from '../duration.ts';
import { isMapping } from '../merge-defaults.ts';
import { reportBelow, type Report } from '../report.ts';
import { secretSchema } from '../schema/secret-schema.ts';
import type { ClientPart } from '../schema/source-schema.ts';
import type { Path } from '../yaml-span.ts';
import { carriedByAuth } from './carried-by-auth.ts';
import { checkHeader, warnOfSecret } from './check-headers.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkPath } from './check-path.ts';
import { isLoopback } from './is-loopback.ts';
import { literalScope } from './template-scope.ts';

type AuthPart = NonNullable<ClientPart['auth']>;
type Part<Type extends AuthPart['type']> = Extract<AuthPart, { type: Type }>;

/** `report` starts at auth, `reportClient` at the client. */
export function checkAuth(
  auth: AuthPart,
  { headers = {} }: Partial<ClientPart>,
  report: Report,
  reportClient: Report,
): void {
  const carried = carriedByAuth(auth).filter(({ kind }) => kind === 'headers');
  if ((auth.type === 'api_key' || auth.type === 'session_token') && auth.location === 'header')
    checkHeader(auth.name, auth.type === 'session_token' ? (auth.prefix ?? '') : '', ['name'], report);
  for (const own of Object.keys(headers)) {
    if (carried.some(({ name }) => name === own.toLowerCase()))
      reportClient(['headers', own], `the header '${own}' is set by auth too: leave one of them out`, {
        on: 'key',
      });
  }
  if (auth.type === 'oauth2_client_credentials' || auth.type === 'oauth2_refresh_token')
    checkToken(auth, report);
  if (auth.type === 'session_token') checkSession(auth, report);
}

function checkToken(auth: Part<'oauth2_client_credentials' | 'oauth2_refresh_token'>, report: Report): void {
  checkTokenUrl(auth.access_token_url, reportBelow(report, ['access_token_url']));
  for (const key of ['access_token_path', 'expires_in_path'] as const)
    checkJsonPath(auth[key], [key], report);
  checkLifetime('default_token_expiration', auth.default_token_expiration, report);
  for (const [name, value] of Object.entries(auth.access_token_request_data)) {
    const path = ['access_token_request_data', name];
    const own = ownFields[name];
    if (own !== undefined)
      report(path, `the field '${name}' is set by ${own}: leave it out here`, { on: 'key' });
    else warnOfSecret(name, value, path, report);
  }
}

/** Fields of the form, and the key that says them. */
const ownFields: Record<string, string | undefined> = {
  grant_type: 'type',
  client_id: 'client_id',
  client_secret: 'client_secret',
  refresh_token: 'refresh_token',
  scope: 'scopes',
};

function checkTokenUrl(text: string, report: Report): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return report(
      [],
      `'${text}' is no address: write it in full, such as https://auth.example.com/oauth/token`,
    );
  if (url.username !== '' || url.password !== '')
    return report(
      [],
      'an address carries no user name or password: they belong into client_id and client_secret',
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    report([], `'${text}' would send the secret in the clear: tokens are asked for over https`, {
      offset: 0,
      length: 4,
    });
}

function checkSession(auth: Part<'session_token'>, report: Report): void {
  const { login, token_path: token, expires_in_path: expires } = auth;
  const below = reportBelow(report, ['login']);
  checkJsonPath(token, ['token_path'], report);
  if (expires !== undefined) checkJsonPath(expires, ['expires_in_path'], report);
  checkLifetime('lifetime', auth.lifetime, report);
  checkPath(login.path, literalScope, below);
  for (const [name, value] of Object.entries(login.headers)) {
    checkHeader(name, value, ['headers', name], below);
    warnOfSecret(name, value, ['headers', name], below);
  }
  for (const key of ['json', 'form'] as const) {
    if (login[key] !== undefined && login.method === 'GET')
      below([key], 'a GET has no body: write method: POST', { on: 'key' });
  }
  if (login.json !== undefined && login.form !== undefined)
    below(['form'], "a request has one body: leave out 'json' or 'form'", { on: 'key' });
  for (const [name, value] of Object.entries(login.form ?? {})) {
    if (typeof value === 'string') warnOfSecret(name, value, ['form', name], below);
  }
  checkLoginBody('', login.json, ['json'], below);
}

function checkLoginBody(name: string, value: unknown, path: Path, report: Report): void {
  if (typeof value === 'string') return warnOfSecret(name, value, path, report);
  if (isMapping(value) && isSecretPart(value)) {
    if (!secretSchema.safeParse(value).success)
      report([...path, 'secret'], `'${String(value['secret'])}' cannot name a secret of ${path.join('.')}`);
    return;
  }
  const entries = Array.isArray(value) ? [...value.entries()] : isMapping(value) ? Object.entries(value) : [];
  for (const [key, inner] of entries) checkLoginBody(String(key), inner, [...path, key], report);
}

function checkLifetime(key: string, text: string, report: Report): void {
  if ((parseDuration(text) ?? 0) < 1000) report([key], `'${text}': a token lives PT1S or longer`);
}
