import { convertPath } from './convert-path.ts';
import { isMapping, type Notes } from './notes.ts';

const shared = ['type', 'total_path', 'has_more_path', 'stop_after_empty_page'];

export function convertPaginator(paginator: unknown, path: string, notes: Notes): unknown {
  const given = isMapping(paginator) ? paginator : { type: paginator };
  const { type } = given;
  const take = (...keys: string[]): Record<string, unknown> =>
    Object.fromEntries(keys.filter((key) => given[key] != null).map((key) => [key, given[key]]));
  const takePaths = (...keys: string[]): Record<string, unknown> =>
    Object.fromEntries(
      keys.flatMap((key) => (given[key] == null ? [] : [[key, pathAt(given[key], `${path}.${key}`, notes)]])),
    );
  const unread = (...keys: string[]): void => notes.addUnread(path, given, [...shared, ...keys]);
  // dlt asks until a page is empty, unless it is told otherwise or knows the total.
  const stop = given['stop_after_empty_page'] === false ? {} : { stop_after: 'empty_page' };
  switch (type) {
    case 'single_page': {
      return 'single_page';
    }
    case 'header_link': {
      unread('links_next_key');
      return given['links_next_key'] == null ? 'header_link' : { type, rel: given['links_next_key'] };
    }
    case 'json_link':
    case 'json_response': {
      unread('next_url_path');
      return {
        type: 'json_link',
        next_url_path: pathAt(given['next_url_path'] ?? 'paging.next', path, notes),
      };
    }
    case 'header_cursor': {
      unread('cursor_key', 'cursor_param');
      return {
        type: 'cursor',
        cursor_header: given['cursor_key'] ?? 'next',
        cursor_param: given['cursor_param'] ?? 'cursor',
      };
    }
    case 'cursor': {
      unread('cursor_path', 'cursor_param', 'cursor_body_path');
      const cursorPath = pathAt(given['cursor_path'] ?? 'cursors.next', path, notes);
      const send =
        given['cursor_body_path'] == null
          ? { cursor_param: given['cursor_param'] ?? 'cursor' }
          : takePaths('cursor_body_path');
      return { type, cursor_path: cursorPath, ...send, ...takePaths('has_more_path') };
    }
    case 'offset': {
      unread(
        'limit',
        'offset',
        'offset_param',
        'offset_body_path',
        'limit_param',
        'limit_body_path',
        'maximum_offset',
      );
      if (given['maximum_offset'] != null)
        notes.add(
          `${path}.maximum_offset`,
          'a cap that cuts short in silence: maximum_pages fails the fetch instead',
        );
      const base = given['offset'] === 1 ? { base_offset: 1 } : {};
      return {
        type,
        ...base,
        ...take('limit', 'offset_param', 'limit_param'),
        ...takePaths('offset_body_path', 'limit_body_path', 'total_path', 'has_more_path'),
        ...(given['total_path'] == null && given['has_more_path'] == null ? stop : {}),
      };
    }
    case 'page_number': {
      unread('base_page', 'page', 'page_param', 'page_body_path', 'maximum_page');
      if (given['maximum_page'] != null)
        notes.add(
          `${path}.maximum_page`,
          'a cap that cuts short in silence: maximum_pages fails the fetch instead',
        );
      const first = given['page'] ?? given['base_page'] ?? 0;
      const total =
        given['total_path'] == null ? {} : { total_pages_path: pathAt(given['total_path'], path, notes) };
      const ends = { ...total, ...takePaths('has_more_path') };
      return {
        type,
        base_page: first,
        ...take('page_param'),
        ...takePaths('page_body_path'),
        ...ends,
        ...(Object.keys(ends).length === 0 ? stop : {}),
      };
    }
    default: {
      notes.add(
        path,
        `dlt finds out by itself how ${JSON.stringify(type ?? 'auto')} pages: name the paginator, or only the first page is read`,
      );
      return undefined;
    }
  }
}

function pathAt(value: unknown, path: string, notes: Notes): string | undefined {
  const converted = convertPath(value);
  if (converted === undefined) notes.add(path, `the path ${JSON.stringify(value)} finds several values`);
  return converted;
}
