import { parseJsonPath, type JsonPath } from '../source/json-path.ts';
import type { PageStops } from '../source/source.ts';
import type { Progress } from './page.ts';
import { pagingError } from './paging-error.ts';
import { readCount } from './read-count.ts';

/** What the pages said so far of all of them together. */
export interface TotalsState {
  /** Records: as it was said last, and at least and at most. */
  records?: { latest: number; least: number; most: number };
  pages?: number;
}

export interface Totals {
  read(document: unknown): void;
  /** Every record, or page, that there should be has been read. */
  recordsMet(read: Progress): boolean;
  pagesMet(read: Progress): boolean;
  recordsKnown(): boolean;
  pagesKnown(): boolean;
  /** Throws unless what was read agrees with what was said. */
  check(read: Progress): void;
  state(): TotalsState;
}

/** The cross-check of `total_path` and `total_pages_path`. `counted`: pages that are asked for by number or offset. */
export function createTotals(stops: PageStops, counted: boolean, saved: TotalsState = {}): Totals {
  const recordsPath = stops.total_path === undefined ? undefined : parseJsonPath(stops.total_path);
  const pagesPath = stops.total_pages_path === undefined ? undefined : parseJsonPath(stops.total_pages_path);
  let { records, pages } = saved;
  return {
    read: (document) => {
      const total = countAt(recordsPath, document, `total_path ${stops.total_path}`);
      if (total !== undefined) {
        if (counted && records && total < records.latest) throw shrunk(records.latest, total);
        records = {
          latest: total,
          least: Math.min(total, records?.least ?? total),
          most: Math.max(total, records?.most ?? total),
        };
      }
      pages = countAt(pagesPath, document, `total_pages_path ${stops.total_pages_path}`) ?? pages;
    },
    recordsMet: (read) => records !== undefined && read.records >= records.latest,
    pagesMet: (read) => pages !== undefined && read.pages >= pages,
    recordsKnown: () => records !== undefined,
    pagesKnown: () => pages !== undefined,
    check: (read) => {
      if (recordsPath) checkRecords(read, counted, { records, path: stops.total_path ?? '' });
      if (pagesPath) checkPages(read, pages, stops.total_pages_path ?? '');
    },
    state: () => ({ ...(records && { records }), ...(pages !== undefined && { pages }) }),
  };
}

function countAt(path: JsonPath | undefined, document: unknown, name: string): number | undefined {
  return path && readCount(path, document, name);
}

/** What is counted slides into the place of what has gone: some record was on neither of two pages. */
function shrunk(before: number, after: number) {
  return pagingError(
    `the total went from ${before} to ${after} while the pages were read: records have moved between them, and some may ` +
      `have been missed`,
    { retryable: true },
  );
}

interface Said {
  records: TotalsState['records'] | undefined;
  path: string;
}

/** Tokens keep their place while records come and go: what was there all the time is there with any total in between. */
function checkRecords(read: Progress, counted: boolean, { records, path }: Said): void {
  if (!records && read.records === 0) return;
  if (!records) throw pagingError(`total_path ${path} finds nothing on any page: is it the right path?`);
  const [least, most] = counted ? [records.latest, records.latest] : [records.least, records.most];
  if (read.records < least) {
    throw pagingError(
      `the pages ended after ${read.records} records, ${path} says that there are ${records.latest}: some were not given`,
      { retryable: true },
    );
  }
  if (read.records > most) {
    throw pagingError(
      `the pages gave ${read.records} records, ${path} says that there are ${records.latest}: is that the total of all pages, ` +
        `or is it capped?`,
      { retryable: true },
    );
  }
}

function checkPages(read: Progress, pages: number | undefined, path: string): void {
  if (pages === undefined && read.records === 0) return;
  if (pages === undefined) {
    throw pagingError(`total_pages_path ${path} finds nothing on any page: is it the right path?`);
  }
  if (read.pages >= pages) return;
  throw pagingError(
    `the pages ended after ${read.pages}, ${path} says that there are ${pages}: some were not given`,
    {
      retryable: true,
    },
  );
}
