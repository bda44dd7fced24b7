import { parseJsonPath } from '../source/json-path.ts';
import type { PageFacts, Progress, Way } from './page.ts';
import type { ManyPages } from './open-way.ts';
import type { Totals } from './page-totals.ts';
import { readHasMore } from './read-count.ts';

export interface Ending {
  /** Why this was the last page. */
  reason?: string;
  /** The page says that there is another. */
  more?: boolean | undefined;
}

/** The stop rules, apart from a missing lead. What the API says of the end goes before what a page looks like. */
export function createEndJudge(
  paginator: ManyPages,
  { counted, endless }: Way,
): (page: PageFacts, read: Progress, totals: Totals) => Ending {
  const { has_more_path: morePath, stop_on: stopOn } = paginator.stops;
  const path = morePath === undefined ? undefined : parseJsonPath(morePath);
  const size = 'size' in paginator ? paginator.size?.value : undefined;
  const endsEmpty = counted || stopOn !== 'no_next';
  return (page, read, totals) => {
    if (page.stop) return { reason: 'a response filter says stop_paging' };
    const more = path && readHasMore(path, page.document);
    if (more === false) return { reason: `${morePath} says that there is no more` };
    // A page that names the next one is asked even then: a total that is none would cut the pages short.
    if (totals.recordsMet(read) && (endless || page.records === 0)) {
      return { reason: `all ${read.records} records of the total have been read` };
    }
    if (totals.pagesMet(read)) return { reason: `all ${read.pages} pages have been read` };
    if (more || totals.pagesKnown()) return { more };
    if (page.records === 0 && endsEmpty) return { reason: 'the page is empty' };
    const isShort = stopOn === 'short_page' && size !== undefined && page.records < size;
    if (isShort && !totals.recordsKnown()) {
      return { reason: `the page has ${page.records} records, fewer than ${size}` };
    }
    return {};
  };
}
