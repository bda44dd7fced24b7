import type { Report } from '../report.ts';
import type { PaginatorPart } from '../schema/source-schema.ts';
import { carriedByAuth } from './carried-by-auth.ts';
import { checkHeader } from './check-headers.ts';
import type { PaginatorParts } from './check-paginator.ts';

/** Where something is sent nothing else may be. */
export function checkPagingPlaces(
  part: PaginatorPart,
  { endpoint, client }: Pick<PaginatorParts, 'endpoint' | 'client'>,
  report: Report,
): void {
  const keys = part as Record<string, unknown>;
  const implied = impliedParams(part, keys);
  const carried = carriedByAuth(client.auth);
  for (const [key, name] of [...Object.entries(keys), ...implied]) {
    if (typeof name !== 'string') continue;
    const place = { on: keys[key] === undefined ? 'value' : 'key' } as const;
    const at = keys[key] === undefined ? [] : [key];
    if (key.endsWith('_param')) {
      if ((endpoint.params[name] ?? null) !== null)
        report(
          at,
          `the parameter '${name}' is set by the paginator, and in params: leave one of them out`,
          place,
        );
      if (carried.some((by) => by.kind === 'params' && by.name === name))
        report(at, `the parameter '${name}' carries the key of client.auth: send this in another`, place);
    }
    if (key === 'page_header' || key === 'cursor_send_header') {
      checkHeader(name, '', at, report);
      if (carried.some((by) => by.kind === 'headers' && by.name === name.toLowerCase()))
        report(at, `the header '${name}' is set by client.auth: send this in another`, place);
    }
  }
}

/** Parameters that nobody named. */
function impliedParams({ type }: { type: string }, keys: Record<string, unknown>): [string, string][] {
  const none = (...names: string[]): boolean => names.every((name) => keys[name] === undefined);
  if (type === 'page_number' && none('page_param', 'page_header', 'page_body_path'))
    return [['page_param', 'page']];
  if (type === 'cursor' && none('cursor_param', 'cursor_send_header', 'cursor_body_path'))
    return [['cursor_param', 'cursor']];
  if (type !== 'offset') return [];
  return [
    ...(none('offset_param', 'offset_body_path') ? [['offset_param', 'offset'] as [string, string]] : []),
    ...(none('limit_param', 'limit_body_path') ? [['limit_param', 'limit'] as [string, string]] : []),
  ];
}
