import type { HttpRequest } from '../http/send-request.ts';
import type { Paginator } from '../source/source.ts';
import type { Way } from './page.ts';
import { placeValue } from './place-value.ts';

type CountingPaginator = Extract<Paginator, { type: 'page_number' | 'offset' }>;

/** Pages by their number, or by how many records come before them. */
export function countPages(paginator: CountingPaginator, request: HttpRequest): Way {
  const place = placeValue(request, paginator.send);
  const base = paginator.type === 'page_number' ? paginator.base_page : paginator.base_offset;
  // By what came, not by what was asked for: an API that gives less than the limit would leave holes.
  const step = ({ records }: { records: number }): number =>
    paginator.type === 'page_number' ? 1 : records || paginator.size.value;
  return {
    first: place(base),
    counted: true,
    endless: true,
    leadFrom: (page, lead) => ((lead as number | undefined) ?? base) + step(page),
    follow: place,
  };
}
