import { authenticate, secretOf, shownUrl } from '../../pipeline/http/authenticate.ts';
import { buildRequest } from '../../pipeline/http/build-request.ts';
import { HttpError } from '../../pipeline/http/http-error.ts';
import { readResponse, type Response } from '../../pipeline/http/read-response.ts';
import { retryRequest, shortestTryMs } from '../../pipeline/http/retry-request.ts';
import { connectionError, type HttpRequest } from '../../pipeline/http/send-request.ts';
import { rawLines } from '../../pipeline/raw-line.ts';
import { parseJsonPath } from '../../pipeline/source/json-path.ts';
import type { Client, CompiledResource, Slice } from '../../pipeline/source/source.ts';
import type { FetchDeps } from './deps.ts';
import { keptHeaders } from './kept-headers.ts';
import type { Limit } from './limit-requests.ts';

export interface SliceTask {
  client: Client;
  resource: CompiledResource;
  scheduledAt: string;
  slice: Slice;
}

export interface SliceDeps extends Pick<
  FetchDeps,
  'send' | 'secrets' | 'mask' | 'now' | 'random' | 'sleep' | 'log'
> {
  /** Over all slices and resources of this invocation. */
  limit: Limit;
  /** Until the last moment at which a request may be under way. */
  timeLeftMs: () => number;
  /** Aborted when the window has failed. */
  signal: AbortSignal;
  land: (lines: Iterable<Buffer>) => Promise<void>;
}

/** Asks for one slice until a response has landed; throws when it cannot be had. */
export function fetchSlice(task: SliceTask, deps: SliceDeps): Promise<void> {
  const { client, resource } = task;
  const request = buildRequest(client, resource.endpoint, task.slice);
  const fetchAndLand = async (): Promise<void> => {
    try {
      await land(task, request, await askWithKey(task, request, deps), deps);
    } catch (error) {
      throw deps.signal.aborted ? error : explain(error, task, request, deps);
    }
  };
  return retryRequest(
    // The place among the requests is kept until the response has landed, so that few are in memory; not while waiting.
    () => deps.limit(fetchAndLand),
    {
      maxAttempts: client.max_attempts,
      signal: deps.signal,
      onRetry: ({ attempt, waitMs, error }) => {
        const { status, message: reason } = error;
        deps.log('request retried', { resource: resource.name, status, attempt, waitMs, reason }, 'WARN');
      },
    },
    deps,
  );
}

/** The API's error with the request at fault, without secrets: it is logged and kept. */
function explain(error: unknown, task: SliceTask, request: HttpRequest, { mask }: SliceDeps): unknown {
  if (!(error instanceof HttpError)) return error;
  const { status, retryable, retryAfterMs, cause } = error;
  const slice = request.method === 'POST' ? ` for ${JSON.stringify(task.slice)}` : '';
  const message = `${request.method} ${shownUrl(request, task.client.auth)}${slice}: ${error.message}`;
  return new HttpError(mask.mask(message), { status, retryable, retryAfterMs, cause });
}

/** One try; when the key is refused, a second one with the key as it is stored now. */
async function askWithKey(task: SliceTask, request: HttpRequest, deps: SliceDeps): Promise<Response> {
  const { auth } = task.client;
  if (!auth) return ask(task, request, deps);
  const askWith = (secret: string): Promise<Response> => {
    deps.mask.hide(secret);
    return ask(task, authenticate(request, auth, secret), deps);
  };
  const secret = await deps.secrets.read(secretOf(auth));
  try {
    return await askWith(secret);
  } catch (error) {
    if (!(error instanceof HttpError) || (error.status !== 401 && error.status !== 403)) throw error;
    const renewed = await deps.secrets.renew(secretOf(auth), secret);
    if (renewed === secret) throw error;
    return await askWith(renewed);
  }
}

async function ask(task: SliceTask, request: HttpRequest, deps: SliceDeps): Promise<Response> {
  const { client, resource } = task;
  const left = deps.timeLeftMs();
  if (left < shortestTryMs)
    throw new HttpError('not sent, the time of this fetch is over', { retryable: false });
  const within = Math.round(Math.min(client.timeout_ms, left));
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(within)]);
  try {
    return await readResponse(
      request,
      {
        selector: parseJsonPath(resource.data_selector),
        shape: resource.shape,
        columns: resource.table.columns.map((column) => column.name),
      },
      { ...deps, signal },
    );
  } catch (error) {
    throw deps.signal.aborted ? error : connectionError(error, within);
  }
}

async function land(
  { client, resource, scheduledAt, slice }: SliceTask,
  request: HttpRequest,
  response: Response,
  deps: SliceDeps,
): Promise<void> {
  if (response.text === undefined) return;
  const headers = Object.entries(keptHeaders(response.headers));
  const head = {
    v: 1 as const,
    resource: resource.name,
    scheduled_at: scheduledAt,
    fetched_at: response.fetchedAt.toISOString(),
    request: {
      method: request.method,
      url: deps.mask.mask(shownUrl(request, client.auth)),
      for: slice,
      page: 1,
    },
    status: response.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, deps.mask.mask(value)])),
  };
  const selector = parseJsonPath(resource.data_selector);
  await deps.land(rawLines(head, response.text, { selector, shape: resource.shape }));
}
