import { paginatorSchema } from '../schema/paginator-schema.ts';
import type { EndpointPart, PaginatorPart } from '../schema/source-schema.ts';
import type { PageSize, PageStops, Paginator, SendTo, TokenFrom } from '../source.ts';

type Part<Type extends PaginatorPart['type']> = Extract<PaginatorPart, { type: Type }>;

/** The long form of what a source says, with its defaults. */
export function longPaginator(paginator: EndpointPart['paginator']): PaginatorPart {
  if (typeof paginator === 'object') return paginator;
  return paginatorSchema.parse({ type: paginator ?? 'single_page' }) as PaginatorPart;
}

export function compilePaginator(paginator: EndpointPart['paginator']): Paginator {
  const part = longPaginator(paginator);
  switch (part.type) {
    case 'single_page':
      return { type: part.type };
    case 'page_number':
      return compilePageNumber(part);
    case 'offset':
      return compileOffset(part);
    case 'cursor':
      return compileCursor(part);
    case 'header_link':
      return { type: part.type, rel: part.rel, stops: compileStops(part, 'no_next') };
    case 'json_link':
      return { type: part.type, path: part.next_url_path, stops: compileStops(part, 'no_next') };
    default:
      return { type: part.type, path: part.continue_path, stops: compileStops(part, 'no_next') };
  }
}

function compilePageNumber(part: Part<'page_number'>): Paginator {
  const { page_param: param, page_header: header, page_body_path: body } = part;
  const send = sendTo({ param, header, body }) ?? { param: 'page' };
  const size = pageSize(part.page_size, { param: part.page_size_param, body: part.page_size_body_path });
  return {
    type: part.type,
    base_page: part.base_page,
    send,
    ...size,
    stops: compileStops(part, 'empty_page'),
  };
}

function compileOffset(part: Part<'offset'>): Paginator {
  const { limit_param: param, limit_body_path: body } = part;
  const sendSize =
    sendTo({ param: param ?? undefined, body }) ?? (param === null ? undefined : { param: 'limit' });
  return {
    type: part.type,
    base_offset: part.base_offset,
    send: sendTo({ param: part.offset_param, body: part.offset_body_path }) ?? { param: 'offset' },
    size: { value: part.limit, ...(sendSize ? { send: sendSize } : {}) },
    stops: compileStops(part, 'empty_page'),
  };
}

function compileCursor(part: Part<'cursor'>): Paginator {
  const { cursor_param: param, cursor_send_header: header, cursor_body_path: body } = part;
  return {
    type: part.type,
    from: tokenFrom(part),
    send: sendTo({ param, header, body }) ?? { param: 'cursor' },
    ...pageSize(part.page_size, { param: part.page_size_param, body: part.page_size_body_path }),
    // A last record is there on every page but an empty one.
    stops: compileStops(part, part.cursor_from_last === undefined ? 'no_next' : 'empty_page'),
  };
}

function tokenFrom(part: Part<'cursor'>): TokenFrom {
  if (part.cursor_header !== undefined) return { header: part.cursor_header.toLowerCase() };
  if (part.cursor_from_last !== undefined) return { last_record: part.cursor_from_last };
  return { body: part.cursor_path ?? '$' };
}

interface Places {
  param?: string | undefined;
  header?: string | undefined;
  body?: string | undefined;
}

function sendTo({ param, header, body }: Places): SendTo | undefined {
  if (param !== undefined) return { param };
  if (header !== undefined) return { header };
  return body === undefined ? undefined : { body };
}

function pageSize(value: number | undefined, places: Places): { size?: PageSize } {
  if (value === undefined) return {};
  const send = sendTo(places);
  return { size: { value, ...(send ? { send } : {}) } };
}

function compileStops(
  part: Exclude<PaginatorPart, { type: 'single_page' }>,
  otherwise: PageStops['stop_on'],
): PageStops {
  const { total_path, total_pages_path, has_more_path } = part;
  return {
    ...(total_path === undefined ? {} : { total_path }),
    ...(total_pages_path === undefined ? {} : { total_pages_path }),
    ...(has_more_path === undefined ? {} : { has_more_path }),
    stop_on: part.stop_after ?? otherwise,
    maximum_pages: part.maximum_pages,
  };
}
