import { HttpError } from './http-error.ts';
import type { HttpAnswer, HttpRequest, Send } from './send-request.ts';

const mostHops = 5;
const keepsMethod = new Set([307, 308]);
const redirects = new Set([301, 302, 303, ...keepsMethod]);

/**
 * Follows redirects on the same host and scheme only: the next one could hand the key to a stranger, or to a listener.
 * `onHop` is waited for before each request but the first.
 */
export function followRedirects(send: Send, onHop?: () => Promise<void>): Send {
  return async (request, signal) => {
    let next = request;
    for (let hop = 0; hop <= mostHops; hop += 1) {
      if (hop > 0) await onHop?.();
      const answer = await send(next, signal);
      if (!redirects.has(answer.status)) return answer;
      const url = targetOf(next, answer);
      discard(answer);
      if (url === undefined) {
        throw refusal(answer, 'a redirect without a readable Location header');
      }
      if (url.origin !== next.url.origin) {
        throw refusal(
          answer,
          `a redirect from ${next.url.origin} to ${url.origin}; it is not followed, so that no key leaves the host. ` +
            `If the API has moved there, change base_url`,
        );
      }
      if (next.method !== 'GET' && !keepsMethod.has(answer.status)) {
        throw refusal(answer, `a redirect of a ${next.method} to ${url.pathname}; change base_url or path`);
      }
      next = { ...next, url };
    }
    throw new HttpError(`more than ${mostHops} redirects in a row, the last one to ${next.url.href}`, {
      retryable: false,
    });
  };
}

/** Nobody reads the body of a redirect; an error of its connection is nobody's either. */
function discard(answer: HttpAnswer): void {
  answer.body.on('error', () => undefined).destroy();
}

function targetOf(request: HttpRequest, answer: HttpAnswer): URL | undefined {
  const { location } = answer.headers;
  return location && URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
}

function refusal({ status }: HttpAnswer, text: string): HttpError {
  return new HttpError(`${status}, ${text}`, { status, retryable: false });
}
