import { ConfigError } from '../../errors.ts';
import { placeInBody } from '../../paging/place-in-body.ts';
import { longPaginator } from '../compile/compile-paginator.ts';
import type { Report } from '../report.ts';
import type { ClientPart, EndpointPart, PaginatorPart, ResourcePart } from '../schema/source-schema.ts';
import type { Elements } from '../slices/read-slices.ts';
import { checkHeader } from './check-headers.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkPagingPlaces } from './check-paging-places.ts';

export interface PaginatorParts {
  endpoint: EndpointPart;
  shape: ResourcePart['shape'] | undefined;
  client: Partial<ClientPart>;
  group: Elements['group'];
}

/** Keys of which at most one says where something goes, or (`from`) where it comes from. */
const choices: Record<string, readonly (readonly string[])[]> = {
  page_number: [
    ['page_param', 'page_header', 'page_body_path'],
    ['page_size_param', 'page_size_body_path'],
  ],
  offset: [
    ['offset_param', 'offset_body_path'],
    ['limit_param', 'limit_body_path'],
  ],
  cursor: [
    ['cursor_path', 'cursor_header', 'cursor_from_last'],
    ['cursor_param', 'cursor_send_header', 'cursor_body_path'],
    ['page_size_param', 'page_size_body_path'],
  ],
};

/** Reports start at the paginator, which may be that of the client. */
export function checkPaginator(parts: PaginatorParts, report: Report): void {
  const given = parts.endpoint.paginator ?? parts.client.paginator;
  const part = longPaginator(given);
  if (part.type === 'single_page') return;
  const keys = part as Record<string, unknown>;
  for (const group of choices[part.type] ?? []) {
    const [first, second] = group.filter((key) => keys[key] !== undefined);
    if (first !== undefined && second !== undefined)
      report([second], `one of them is enough: leave out '${first}' or '${second}'`, { on: 'key' });
  }
  if (parts.group) {
    report(
      [],
      `the elements of '${parts.group.variable}' are grouped, and their answers come on one page: ${parts.endpoint.paginator ? 'leave out one of the two' : 'write paginator: single_page in the endpoint'}`,
    );
  }
  checkKind(part, parts, report);
  checkSize(part, report);
  checkPaths(keys, parts, report);
  checkPagingPlaces(part, parts, report);
}

function checkKind(part: PaginatorPart, { shape }: PaginatorParts, report: Report): void {
  if ((part.type === 'page_number' || part.type === 'offset') && shape === 'object') {
    const { total_path: total, total_pages_path: pages, has_more_path: more } = part;
    if ([total, pages, more].every((path) => path === undefined))
      report(
        [],
        'with shape: object no page is ever empty: say where they end (total_pages_path or has_more_path)',
      );
  }
  if (part.type !== 'cursor') return;
  const { cursor_path: path, cursor_header: header, cursor_from_last: last } = part;
  if (path === undefined && header === undefined && last === undefined)
    report(
      [],
      'where is the token? One of cursor_path ($.next_cursor), cursor_header and cursor_from_last ($.id) says it',
    );
  if (header !== undefined) checkHeader(header, '', ['cursor_header'], report);
  if (last !== undefined && shape !== undefined && shape !== 'list')
    report(['cursor_from_last'], `the last record is that of a list, and this is shape: ${shape}`);
}

function checkSize(part: PaginatorPart, report: Report): void {
  if (part.type !== 'page_number' && part.type !== 'cursor') return;
  if (part.page_size !== undefined) return;
  for (const key of ['page_size_param', 'page_size_body_path'] as const) {
    if (part[key] !== undefined)
      report([key], `'${key}' sends page_size, which is not there: page_size: 100`, { on: 'key' });
  }
  if (part.stop_after === 'short_page')
    report(['stop_after'], 'which page is short? page_size says how many records a full one has');
}

/** Paths in the response need one that has more than records; paths in the request need a JSON body. */
function checkPaths(keys: Record<string, unknown>, { endpoint }: PaginatorParts, report: Report): void {
  for (const [key, text] of Object.entries(keys)) {
    if (!/_path$|_from_last$/.test(key) || typeof text !== 'string') continue;
    const path = checkJsonPath(text, [key], report);
    if (!path) continue;
    if (key === 'cursor_from_last') continue;
    if (!key.endsWith('_body_path')) {
      if (endpoint.response_format !== 'json')
        report(
          [key],
          `${endpoint.response_format} has nothing beside its records: ${key} finds nothing there`,
        );
      continue;
    }
    if (endpoint.method !== 'POST')
      report([key], `'${key}' is a place in the body of a POST: write method: POST and json: {}`, {
        on: 'key',
      });
    else if (path.length === 0) report([key], 'a field of the body is needed, such as $.page');
    else checkPlace(endpoint, text, (message) => report([key], message));
  }
}

/** The body has room for a value there. */
function checkPlace({ json, form }: EndpointPart, path: string, refuse: (message: string) => void): void {
  const headers: Record<string, string> = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const body = json === undefined || form ? {} : { body: JSON.stringify(json) };
  try {
    placeInBody({ method: 'POST', url: new URL('https://localhost/'), headers, ...body }, path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    refuse(error.message);
  }
}
