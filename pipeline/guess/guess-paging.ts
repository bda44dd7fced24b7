import { formatJsonPath, type JsonPath } from '../source/json-path.ts';
import { isRecord, type Guess, type Sample } from './sample.ts';
import type { FoundRecords } from './find-records.ts';

/** As it stands in the source file. */
export type PaginatorDraft = Record<string, string | number>;

/** Token fields, and the parameter that such APIs take them in. */
const tokens: [RegExp, string][] = [
  [/^nextPageToken$/, 'pageToken'],
  [/^next_page_token$/, 'page_token'],
  [/^(next_cursor|nextCursor|end_cursor|endCursor)$/, 'cursor'],
  [/^(NextToken|nextToken|next_token)$/, 'next_token'],
  [/^(continuation|continuationToken|continuation_token)$/, 'continuation'],
  [/^after$/, 'after'],
];
const nextNames = /^(next|next_url|nextUrl|next_page|nextPage|nextLink|@odata\.nextLink|next_page_url|href)$/;
const totalNames = /^(total|total_count|totalCount|count|total_results|totalResults|numberOfResults)$/;

/** How the API names its next page; undefined where nothing shows one. */
export function guessPaging(
  { url, headers, body }: Sample,
  found: FoundRecords,
): Guess<{ paginator: PaginatorDraft }> | undefined {
  if (/\brel="?next\b/i.test(headers['link'] ?? '')) {
    return { paginator: { type: 'header_link' }, reason: 'the response has a Link header with rel="next"' };
  }
  const fields = [...fieldsOf(body, [])];
  const continued = fields.find(({ path, value }) => path.at(-1) === 'continue' && isRecord(value));
  if (continued) {
    const reason = "'continue' in the body: all of it is sent back, as MediaWiki wants";
    return { paginator: { type: 'continue', continue_path: formatJsonPath(continued.path) }, reason };
  }
  const link = fields.find(
    ({ path, value }) => nextNames.test(String(path.at(-1))) && isNextLink(path, value),
  );
  if (link) {
    const place = formatJsonPath(link.path);
    return {
      paginator: { type: 'json_link', next_url_path: place },
      reason: `${place} in the body is an address`,
    };
  }
  for (const [name, param] of tokens) {
    const token = fields.find(
      ({ path, value }) => name.test(String(path.at(-1))) && typeof value === 'string' && value !== '',
    );
    if (!token) continue;
    const place = formatJsonPath(token.path);
    const reason = `${place} in the body is a token; that it is sent as '${param}' is a guess`;
    return { paginator: { type: 'cursor', cursor_path: place, cursor_param: param }, reason };
  }
  return guessCounting({ url, fields, found });
}

interface Field {
  path: JsonPath;
  value: unknown;
}

function guessCounting({
  url,
  fields,
  found,
}: {
  url: URL | undefined;
  fields: Field[];
  found: FoundRecords;
}): Guess<{ paginator: PaginatorDraft }> | undefined {
  const at = (pattern: RegExp): Field | undefined =>
    fields.find(({ path, value }) => pattern.test(String(path.at(-1))) && typeof value === 'number');
  const more = fields.find(({ path }) => /^(has_more|hasMore)$/.test(String(path.at(-1))));
  if (more && found.records[0] && Object.hasOwn(found.records[0], 'id')) {
    const place = formatJsonPath(more.path);
    return {
      paginator: {
        type: 'cursor',
        cursor_from_last: '$.id',
        cursor_param: 'starting_after',
        has_more_path: place,
      },
      reason: `${place} in the body, and records with an id; that the last id is sent as 'starting_after' is a guess`,
    };
  }
  const total = at(totalNames);
  const totalPath: PaginatorDraft = total ? { total_path: formatJsonPath(total.path) } : {};
  const limit = Number(
    url?.searchParams.get('limit') ?? at(/^(limit|maxResults)$/)?.value ?? found.records.length,
  );
  if (url?.searchParams.has('offset') === true || at(/^(offset|startAt)$/)) {
    return {
      paginator: { type: 'offset', limit, ...totalPath },
      reason: 'an offset in the request or the body',
    };
  }
  const pages = at(/^(total_pages|totalPages|last_page|pages)$/);
  if (url?.searchParams.has('page') === true || pages || at(/^(page|current_page|currentPage)$/)) {
    const stop = pages ? { total_pages_path: formatJsonPath(pages.path) } : totalPath;
    return {
      paginator: { type: 'page_number', ...stop },
      reason: 'a page number in the request or the body',
    };
  }
  return undefined;
}

/** Outside of lists, two levels deep: what surrounds the records. */
function* fieldsOf(body: unknown, path: JsonPath): Generator<Field> {
  if (!isRecord(body)) return;
  for (const [name, value] of Object.entries(body)) {
    yield { path: [...path, name], value };
    if (path.length < 2) yield* fieldsOf(value, [...path, name]);
  }
}

function isNextLink(path: JsonPath, value: unknown): boolean {
  if (typeof value !== 'string' || !/^(https?:\/\/|\/|\?)/.test(value)) return false;
  return path.at(-1) !== 'href' || path.at(-2) === 'next';
}
