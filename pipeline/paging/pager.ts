import type { HttpRequest } from '../http/send-request.ts';
import type { Paginator } from '../source/source.ts';
import { createEndJudge } from './judge-end.ts';
import { createLoopGuard, type LoopGuard, type SeenState } from './loop-guard.ts';
import { openWay, type ManyPages } from './open-way.ts';
import type { Lead, NextPage, PageFacts, Progress } from './page.ts';
import { createTotals, type TotalsState } from './page-totals.ts';
import { pagingError, shown } from './paging-error.ts';

export type { NextPage, PageFacts } from './page.ts';

/** Where the pages of a paused window go on. JSON, with no key in it. */
export interface PagerState extends Progress {
  type: Paginator['type'];
  /** Leads to the page that is asked for next; absent: the first one. */
  lead?: Lead;
  totals?: TotalsState;
  leads?: SeenState;
  bodies?: SeenState;
}

export interface Pager {
  /** The request to begin with: of the first page, or of the one at which a paused window goes on. */
  first(): HttpRequest;
  /** After each page, in order. Throws an HttpError when the pages cannot be had whole: then nothing of them may land. */
  next(page: PageFacts): NextPage;
  /** With it `first()` of a later pager is the request that `next` gave last. Some work: for a pause, not for each page. */
  state(): PagerState;
}

export interface PagerOptions {
  /** Of the client: links stay on its host and scheme. */
  baseUrl: string;
  /** The query parameter that carries the key of `client.auth`: links lose it, it is added again when they are sent. */
  keyParam?: string | undefined;
  resume?: PagerState | undefined;
}

/** The pages of one request, and their end, which is never taken for granted. */
export function createPager(paginator: Paginator, request: HttpRequest, options: PagerOptions): Pager {
  const { resume } = options;
  if (resume && resume.type !== paginator.type) {
    throw pagingError(
      `the saved position is one of ${resume.type} pages, the source has ${paginator.type} now`,
    );
  }
  return paginator.type === 'single_page' ? singlePage(request) : manyPages(paginator, request, options);
}

function singlePage(request: HttpRequest): Pager {
  let pages = 0;
  return {
    first: () => request,
    next: () => {
      pages = 1;
      return { end: 'there is a single page' };
    },
    state: () => ({ type: 'single_page', pages, records: 0 }),
  };
}

function manyPages(paginator: ManyPages, request: HttpRequest, options: PagerOptions): Pager {
  const { maximum_pages: maximumPages, has_more_path: morePath } = paginator.stops;
  const { resume } = options;
  const way = openWay(paginator, request, options);
  const judgeEnd = createEndJudge(paginator, way);
  const totals = createTotals(paginator.stops, way.counted, resume?.totals);
  const leads = createLoopGuard(resume?.leads);
  const bodies = createLoopGuard(resume?.bodies);
  const read: Progress = { pages: resume?.pages ?? 0, records: resume?.records ?? 0 };
  let lead = resume?.lead;
  if (!resume && way.firstLead !== undefined) leads.add(keyOf(way.firstLead));

  const endWith = (end: string): NextPage => {
    totals.check(read);
    return { end, ...doubt(paginator, read, totals.state()) };
  };
  return {
    first: () => (lead === undefined ? way.first : way.follow(lead)),
    next: (page) => {
      read.pages += 1;
      read.records += page.records;
      refuseRepeatedBody(page, bodies, read.pages);
      totals.read(page.document);
      const { reason, more } = judgeEnd(page, read, totals);
      if (reason !== undefined) return endWith(reason);
      const next = way.leadFrom(page, lead);
      if (next === undefined) {
        if (more) throw missingLead(read.pages, morePath);
        return endWith('the page names no further one');
      }
      if (!way.counted && !leads.add(keyOf(next))) {
        if (totals.recordsMet(read))
          return endWith('the page leads back, and all records of the total have been read');
        throw repeatedLead(next, read.pages);
      }
      if (read.pages >= maximumPages) throw tooManyPages(maximumPages);
      lead = next;
      return { request: way.follow(next) };
    },
    state: () => ({
      type: paginator.type,
      ...read,
      ...(lead !== undefined && { lead }),
      totals: totals.state(),
      leads: leads.state(),
      bodies: bodies.state(),
    }),
  };
}

/** Members of an object may come back in another order. */
function keyOf(lead: Lead): string {
  if (typeof lead === 'string') return lead;
  if (typeof lead !== 'object' || Array.isArray(lead)) return JSON.stringify(lead);
  return JSON.stringify(Object.entries(lead).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Empty pages may be equal; the same records twice mean that the API did not take what was sent for the next page. */
function refuseRepeatedBody({ records, digest }: PageFacts, bodies: LoopGuard, pages: number): void {
  if (records === 0) return;
  if (bodies.add(digest)) return;
  throw pagingError(
    `page ${pages} has the same body as an earlier one: the API gives the same records again and again, as if it did not ` +
      `know what asks for the next page. Are the parameters of the paginator named as the API names them?`,
  );
}

function repeatedLead(lead: Lead, pages: number) {
  return pagingError(
    `page ${pages} leads to ${shown(lead)} again, which was followed before: the pages go round in circles. Where the last page of ` +
      `an API leads back, say how it ends: has_more_path, total_path or stop_after: empty_page`,
  );
}

function missingLead(pages: number, morePath = 'has_more_path') {
  return pagingError(
    `page ${pages} says at ${morePath} that there are more, but names no next page: the rest cannot be had. Does the paginator ` +
      `look for it in the right place?`,
  );
}

function tooManyPages(maximumPages: number) {
  return pagingError(
    `there are more than ${maximumPages} pages, the most that maximum_pages allows: raise it, or ask for less at once (a larger page ` +
      `size, a shorter step)`,
  );
}

/** A number of records that is the page's own would end every window after its first page. */
function doubt(paginator: ManyPages, { pages, records }: Progress, { records: total }: TotalsState) {
  const size = 'size' in paginator ? paginator.size?.value : undefined;
  if (pages !== 1 || total?.latest !== size || records !== size) return {};
  const path = paginator.stops.total_path;
  return {
    warning: `${path} is ${records}, just as many records as one page has: is it the total of all pages?`,
  };
}
