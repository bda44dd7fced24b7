/** One page: its request, sent until a response has come that may land. */
import { BudgetStop } from './fetch-stop.ts';
import { CatchwaterError } from '../errors.ts';
import { HttpError } from '../http/http-error.ts';
import { followRedirects } from '../http/follow-redirects.ts';
import { openDeadline } from '../http/open-deadline.ts';
import { readRateLimit } from '../http/read-rate-limit.ts';
import { withValidators } from '../http/conditional.ts';
import { retryRequest, shortestTryMs } from '../http/retry-request.ts';
import { connectionError, type HttpAnswer, type HttpRequest } from '../http/send-request.ts';
import { explainError } from './explain-error.ts';
import type { Page } from './page.ts';
import type { PageAsk } from './page-ask.ts';
import { readPage } from './read-page.ts';
import type { Run } from './run.ts';

/** Throws the last error in the API's own words; one with `pause` where a later fetch should go on. */
export async function askPage(ask: PageAsk, run: Run): Promise<Page> {
  const { client, signal, log, limit, timeLeftMs, sleep, random } = run.ports;
  const tryOnce = async (): Promise<Page> => {
    for (;;) {
      if (run.progress.stop) throw run.progress.stop;
      // The place among the requests is kept until the response has been read, so that few are in memory; not while waiting.
      const answer = await limit(() => tryPage(ask, run));
      if (typeof answer !== 'number') return answer;
      await waitForBudget(answer, run);
    }
  };
  const { name: resource } = run.resource;
  const options = {
    maxAttempts: client.max_attempts,
    maxWaitMs: client.max_waiting_ms,
    signal,
    onRetry: ({ attempt, waitMs, error }: { attempt: number; waitMs: number; error: HttpError }) => {
      const { status, message: reason } = error;
      log('request retried', { resource, status, attempt, waitMs, reason }, 'WARN');
    },
  };
  try {
    return await retryRequest(tryOnce, options, { timeLeftMs, sleep, random });
  } catch (error) {
    // A rate limit that outlasts all tries is no fault of the request: it passes.
    if (error instanceof HttpError && error.rateLimited && !error.pause)
      throw error.restate(error.message, { pause: true });
    throw error;
  }
}

/** The page, or how long to wait until the budget has room for it. */
async function tryPage(ask: PageAsk, run: Run): Promise<Page | number> {
  try {
    return await sendWithKey(ask, run);
  } catch (error) {
    throw explainError(error, ask, run);
  }
}

/** Or stops the fetch, where that takes too long. */
async function waitForBudget(waitMs: number, { ports }: Run): Promise<void> {
  const { client, signal, sleep, timeLeftMs } = ports;
  if (waitMs > client.max_waiting_ms || waitMs + shortestTryMs > timeLeftMs()) {
    throw new BudgetStop(
      `the budget '${client.api_budget?.name}' has room in ${Math.ceil(waitMs / 1000)} s; a later fetch goes on here`,
      waitMs,
    );
  }
  await sleep(waitMs, signal);
}

/** When the key is refused, a second try with another one, if there is another. */
async function sendWithKey(ask: PageAsk, run: Run): Promise<Page | number> {
  const { auth } = run.ports;
  const request = withValidators(ask.request, ask.validators);
  const applied = await ofKey(auth.apply(request));
  try {
    return await spendAndSend(applied, ask, run);
  } catch (error) {
    const isRefused = error instanceof HttpError && error.refreshToken === true;
    if (!isRefused || !(await ofKey(auth.renew(applied)))) throw error;
    return await spendAndSend(await ofKey(auth.apply(request)), ask, run);
  }
}

/** Each sending counts, a refused one too. */
async function spendAndSend(request: HttpRequest, ask: PageAsk, run: Run): Promise<Page | number> {
  const waitMs = (await run.ports.budget?.take(run.weigh(ask.request, ask.unit.slices.length))) ?? 0;
  return waitMs > 0 ? waitMs : sendPage(request, ask, run);
}

/** A redirect that is followed is a request, too. It does not wait: the answer is half here. */
async function chargeHop(ask: PageAsk, run: Run): Promise<void> {
  await run.ports.budget?.charge(run.weigh(ask.request, ask.unit.slices.length));
}

/** A token that cannot be had concerns every slice. */
function ofKey<Value>(work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => {
    throw error instanceof HttpError ? error.restate(error.message, { refreshToken: true }) : error;
  });
}

async function sendPage(request: HttpRequest, ask: PageAsk, run: Run): Promise<Page> {
  const { client, timeLeftMs, send } = run.ports;
  const left = timeLeftMs();
  if (left < shortestTryMs)
    throw new HttpError('not sent, the time of this fetch is over', { retryable: false, pause: true });
  const within = Math.round(Math.min(client.timeout_ms, left));
  const deadline = openDeadline(run.ports.signal, within);
  try {
    const answer = await followRedirects(send, () => chargeHop(ask, run))(request, deadline.signal);
    if (run.ports.budget) await learnBudget(answer, run);
    return await readPage(answer, { ...ask, sent: request }, run);
  } catch (error) {
    if (run.ports.signal.aborted || isOurs(error)) throw error;
    const known = error instanceof CatchwaterError ? error : connectionError(error, within);
    await learnWait(known, run);
    throw known;
  } finally {
    deadline.close();
  }
}

async function learnBudget({ headers }: HttpAnswer, { ports }: Run): Promise<void> {
  const { budget, client, now } = ports;
  const { remaining, resetAt } = readRateLimit(headers, now(), client.api_budget);
  if (remaining !== undefined) await budget?.learn({ remaining, resetAt });
}

async function learnWait(error: unknown, { ports }: Run): Promise<void> {
  if (!(error instanceof HttpError) || !error.rateLimited || error.retryAfterMs === undefined) return;
  await ports.budget?.learn({ notBefore: new Date(ports.now().getTime() + error.retryAfterMs) });
}

/** A mistake of the program, which no second try mends; what connections throw has a code. */
function isOurs(error: unknown): boolean {
  return (error instanceof TypeError || error instanceof RangeError) && !('code' in error);
}
