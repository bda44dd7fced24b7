import type { HttpRequest } from '../http/send-request.ts';
import type { Paginator } from '../source/source.ts';
import { carryToken } from './carry-token.ts';
import { countPages } from './count-pages.ts';
import { followLinks, type LinkOptions } from './follow-link.ts';
import type { Way } from './page.ts';
import { placeValue } from './place-value.ts';
import { sendBack } from './send-back.ts';

export type ManyPages = Exclude<Paginator, { type: 'single_page' }>;

/** The way that a paginator goes; all requests ask for its page size. */
export function openWay(paginator: ManyPages, request: HttpRequest, options: LinkOptions): Way {
  switch (paginator.type) {
    case 'page_number':
    case 'offset':
      return countPages(paginator, withSize(paginator, request));
    case 'cursor':
      return carryToken(paginator, withSize(paginator, request));
    case 'header_link':
    case 'json_link':
      return followLinks(paginator, request, options);
    case 'continue':
      return sendBack(paginator, request);
    default:
      return paginator satisfies never;
  }
}

function withSize({ size }: Extract<ManyPages, { size?: unknown }>, request: HttpRequest): HttpRequest {
  return size?.send ? placeValue(request, size.send)(size.value) : request;
}
