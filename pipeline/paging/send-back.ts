import type { HttpRequest } from '../http/send-request.ts';
import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { Paginator } from '../source/source.ts';
import type { Way } from './page.ts';
import { pagingError, shown } from './paging-error.ts';

type ContinuePaginator = Extract<Paginator, { type: 'continue' }>;

/** Every member of an object in the page is a parameter of the next request, in place of those of the page before. */
export function sendBack(paginator: ContinuePaginator, request: HttpRequest): Way {
  const path = parseJsonPath(paginator.path);
  return {
    first: request,
    counted: false,
    endless: false,
    leadFrom: ({ document }) => {
      const members = selectPath(path, document);
      if (members === undefined || members === null) return undefined;
      if (isFlat(members)) return Object.keys(members).length > 0 ? members : undefined;
      throw pagingError(
        `continue_path ${paginator.path} finds ${shown(members)}, which is no object of parameters`,
      );
    },
    follow: (lead) => {
      const url = new URL(request.url);
      for (const [name, value] of Object.entries(lead as object)) url.searchParams.set(name, String(value));
      return { ...request, url };
    },
  };
}

function isFlat(members: unknown): members is Record<string, string | number | boolean> {
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return false;
  return Object.values(members).every((value) => ['string', 'number', 'boolean'].includes(typeof value));
}
