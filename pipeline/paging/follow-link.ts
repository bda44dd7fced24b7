import type { HttpRequest } from '../http/send-request.ts';
import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { Paginator } from '../source/source.ts';
import type { PageFacts, Way } from './page.ts';
import { pagingError, shown } from './paging-error.ts';
import { findLink } from './parse-link-header.ts';

type LinkPaginator = Extract<Paginator, { type: 'header_link' | 'json_link' }>;

export interface LinkOptions {
  /** Links stay on its host and scheme. */
  baseUrl: string;
  /** The query parameter of the key, which some APIs repeat in their links: it is added when the request is sent. */
  keyParam?: string | undefined;
}

/** Every page names the address of the next one. */
export function followLinks(paginator: LinkPaginator, first: HttpRequest, options: LinkOptions): Way {
  const { origin } = new URL(options.baseUrl);
  const read = paginator.type === 'header_link' ? headerReader(paginator.rel) : bodyReader(paginator.path);
  return {
    first,
    counted: false,
    endless: false,
    firstLead: first.url.href,
    leadFrom: (page) => {
      const link = read(page);
      return link === undefined ? undefined : resolve(link, page, { origin, keyParam: options.keyParam });
    },
    follow: (lead) => ({ ...first, url: new URL(lead) }),
  };
}

type ReadLink = (page: PageFacts) => string | undefined;

function headerReader(rel: string): ReadLink {
  return ({ headers }) => {
    const header = headers['link'];
    return header === undefined ? undefined : findLink(header, rel);
  };
}

function bodyReader(pathText: string): ReadLink {
  const path = parseJsonPath(pathText);
  return ({ document }) => {
    const link = selectPath(path, document);
    if (link === undefined || link === null || link === '' || link === false) return undefined;
    if (typeof link === 'string') return link;
    throw pagingError(`next_url_path ${pathText} finds ${shown(link)}, which is no address`);
  };
}

interface Bounds {
  origin: string;
  keyParam: string | undefined;
}

/** The address in full; throws when it leaves the host or the scheme: the next request would carry the key there. */
function resolve(link: string, { request }: PageFacts, { origin, keyParam }: Bounds): string {
  if (!URL.canParse(link, request.url.href)) {
    throw pagingError(`the next page is said to be at ${shown(link)}, which is no address`);
  }
  const url = new URL(link, request.url);
  if (url.origin !== origin) {
    throw pagingError(
      `the next page is said to be at ${url.protocol}//${url.host}, which is not the host of ${origin}: nothing was sent there, so that ` +
        `no key leaves the host. If the API has moved there, change base_url`,
    );
  }
  url.hash = '';
  url.username = '';
  url.password = '';
  if (keyParam !== undefined && url.searchParams.has(keyParam)) url.searchParams.delete(keyParam);
  return url.href;
}
