import { createHash } from 'node:crypto';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import {
  createPager,
  type NextPage,
  type PageFacts,
  type PagerState,
} from '../../../pipeline/paging/pager.ts';
import type { PageStops, Paginator } from '../../../pipeline/source/source.ts';

/** A page as an API gives it: its records below `items`, what else is in the body, and its headers. */
export interface ApiPage {
  items?: unknown[];
  more?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** 204. */
  none?: boolean;
  stop?: boolean;
}

export type Api = readonly ApiPage[] | ((request: HttpRequest, number: number) => ApiPage);

export interface Walk {
  /** `/items?page=1`, or `POST /items {"page":1}`. */
  requests: string[];
  sent: HttpRequest[];
  records: unknown[];
  end?: string;
  warning?: string;
  error?: Error & { retryable?: boolean };
}

export const baseUrl = 'https://api.example/v1/';
export const get: HttpRequest = { method: 'GET', url: new URL('https://api.example/v1/items'), headers: {} };

export function stops(more: Partial<PageStops> = {}): PageStops {
  return { stop_on: 'empty_page', maximum_pages: 10_000, ...more };
}

export function page(count: number, first = 0): ApiPage {
  return { items: Array.from({ length: count }, (_, index) => ({ id: first + index })) };
}

interface WalkOptions {
  request?: HttpRequest;
  keyParam?: string;
  resume?: PagerState;
  /** Stops after as many pages; what is left can be gone through with `resume`. */
  pauseAfter?: number;
}

export interface PausedWalk extends Walk {
  state?: PagerState;
}

/** Asks for page after page, as the fetch does, until the pager says that it is over, or refuses. */
export function walkPages(paginator: Paginator, api: Api, options: WalkOptions = {}): PausedWalk {
  const { request = get, keyParam, resume, pauseAfter = Infinity } = options;
  const pager = createPager(paginator, request, { baseUrl, keyParam, resume });
  const walk: PausedWalk = { requests: [], sent: [], records: [] };
  let next: NextPage = { request: pager.first() };
  try {
    while ('request' in next) {
      if (walk.sent.length >= pauseAfter) return { ...walk, state: pager.state() };
      walk.sent.push(next.request);
      walk.requests.push(show(next.request));
      const given: ApiPage | undefined = Array.isArray(api)
        ? (api as ApiPage[])[walk.sent.length - 1]
        : (api as (request: HttpRequest, number: number) => ApiPage)(next.request, walk.sent.length);
      if (!given) throw new Error(`nobody expected ${show(next.request)}`);
      walk.records.push(...(given.items ?? []));
      next = pager.next(factsOf(given, next.request));
    }
  } catch (error) {
    return { ...walk, error: error as Error };
  }
  return { ...walk, ...next };
}

export function factsOf(given: ApiPage, request: HttpRequest): PageFacts {
  const items = given.items ?? [];
  const body = JSON.stringify({ items, ...given.more });
  return {
    request,
    headers: given.headers ?? {},
    document: given.none ? undefined : JSON.parse(body),
    records: items.length,
    lastRecord: items.at(-1),
    digest: createHash('sha256').update(body).digest('hex'),
    ...(given.stop && { stop: true }),
  };
}

function show({ method, url, headers, body }: HttpRequest): string {
  const header = headers['x-page'] === undefined ? '' : ` x-page: ${headers['x-page']}`;
  const line = `${decodeURIComponent(url.pathname.replace('/v1', '') + url.search)}${header}`;
  return `${method === 'GET' ? '' : `${method} `}${line}${body === undefined ? '' : ` ${body}`}`;
}
