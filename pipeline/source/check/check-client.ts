import { parseDuration } from '../duration.ts';
import { checkHeader, warnOfSecret } from './check-headers.ts';
import { checkTemplate } from './check-template.ts';
import { noScope } from './template-scope.ts';
import { checkAuth } from './check-auth.ts';
import { checkBudget } from './check-budget.ts';
import { checkFilters } from './check-filters.ts';
import { isLoopback } from './is-loopback.ts';
import { reportBelow, type Report } from '../report.ts';
import type { ClientPart } from '../schema/source-schema.ts';

const longestTimeout = 10 * 60_000;
const longestWait = 15 * 60_000;

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
      checkTemplate(value, path, noScope, report);
    }
    warnOfSecret(name, value, path, report);
  }
  if (client.timeout !== undefined) {
    const timeout = parseDuration(client.timeout) ?? 0;
    if (timeout < 1000 || timeout > longestTimeout)
      report(['timeout'], `'${client.timeout}': a timeout is between PT1S and PT10M`);
  }
  if (client.max_waiting_time !== undefined && (parseDuration(client.max_waiting_time) ?? 0) > longestWait)
    report(['max_waiting_time'], `'${client.max_waiting_time}': a fetch waits PT15M at most`);
  if (client.auth) checkAuth(client.auth, client, reportBelow(report, ['auth']), report);
  if (client.api_budget) checkBudget(client.api_budget, reportBelow(report, ['api_budget']));
  if (client.response_filters)
    checkFilters(client.response_filters, reportBelow(report, ['response_filters']));
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
