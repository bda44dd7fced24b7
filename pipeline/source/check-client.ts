import { parseDuration } from './duration.ts';
import { checkHeader, warnOfSecret } from './check-headers.ts';
import { checkTemplate } from './check-template.ts';
import { reportBelow, type Report } from './report.ts';
import type { ClientPart } from './schema.ts';

const longestTimeout = 10 * 60_000;

/** What the grammar cannot say about `client`; a part that is missing here was refused before. */
export function checkClient(client: Partial<ClientPart>, report: Report): void {
  if (client.base_url !== undefined)
    checkBaseUrl(client.base_url, client.auth !== undefined, reportBelow(report, ['base_url']));
  for (const [name, value] of Object.entries(client.headers ?? {})) {
    const path = ['headers', name];
    checkHeader(name, value, path, report);
    if (/\{[^{}]*\}/.test(value.replaceAll(/\{\{|\}\}/g, ''))) {
      report(
        path,
        "the client's headers are the same for every request: placeholders belong into endpoint.headers",
      );
    } else {
      checkTemplate(value, path, undefined, report);
    }
    warnOfSecret(name, value, path, report);
  }
  if (client.timeout !== undefined) {
    const timeout = parseDuration(client.timeout) ?? 0;
    if (timeout < 1000 || timeout > longestTimeout)
      report(['timeout'], `'${client.timeout}': a timeout is between PT1S and PT10M`);
  }
  checkAuth(client, report);
}

function checkBaseUrl(text: string, hasAuth: boolean, report: Report): void {
  if (/[{}\s]/.test(text)) return report([], `'${text}' is no address: it has no placeholders and no spaces`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    return report(
      [],
      `'${text}' is no http(s) address: write it in full, such as https://api.example.com/v1/`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    return report([], 'a base_url carries no user name or password: they belong into auth, as a secret');
  }
  if (url.search !== '' || url.hash !== '') {
    return report([], `a base_url has no ${url.search === '' ? 'fragment' : 'query: write it as params'}`, {
      offset: Math.max(0, text.search(/[?#]/)),
    });
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const what = hasAuth ? 'the secret and the data travel' : 'the data travel';
    report([], `${what} in the clear: use https, if the API has it`, {
      severity: 'warning',
      length: 5,
      offset: 0,
    });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function checkAuth(client: Partial<ClientPart>, report: Report): void {
  const { auth, headers = {} } = client;
  if (!auth) return;
  const header =
    auth.type === 'bearer'
      ? 'authorization'
      : auth.location === 'header'
        ? auth.name.toLowerCase()
        : undefined;
  if (header === undefined) return;
  if (auth.type === 'api_key') checkHeader(auth.name, '', ['auth', 'name'], report);
  const own = Object.keys(headers).find((name) => name.toLowerCase() === header);
  if (own !== undefined)
    report(['headers', own], `the header '${own}' is set by auth too: leave one of them out`, { on: 'key' });
}
