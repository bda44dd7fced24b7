import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { ResponseFilter, RuleAction } from '../source/source.ts';
import { mediaType, type AnswerHead } from './judge-status.ts';

/** A response filter, ready to be asked. */
export interface ResponseRule {
  action: RuleAction;
  /** Said instead of the API's own words. */
  message: string | undefined;
  /** Whether status, media type and header are those that it names. */
  fitsHead(head: AnswerHead): boolean;
  /** Whether all that it names is true. `document`: undefined where the body is no JSON. */
  applies(head: AnswerHead, text: string, document: unknown): boolean;
}

/** What a filter sees of the text. */
const searchedCharacters = 64 * 1024;

export function compileRules(filters: readonly ResponseFilter[]): ResponseRule[] {
  return filters.map((filter) => {
    const fitsHead = headTest(filter);
    const fitsBody = bodyTest(filter.body);
    const { contains } = filter;
    return {
      action: filter.action,
      message: filter.message,
      fitsHead,
      applies: (head, text, document) =>
        fitsHead(head) &&
        (contains === undefined || text.slice(0, searchedCharacters).includes(contains)) &&
        fitsBody(document),
    };
  });
}

function headTest({ status, content_type: type, header }: ResponseFilter): ResponseRule['fitsHead'] {
  const name = header?.name.toLowerCase() ?? '';
  const pattern = header?.matches === undefined ? undefined : new RegExp(header.matches);
  return (head) => {
    if (status && !status.some((one) => one === head.status || one === `${Math.floor(head.status / 100)}xx`))
      return false;
    if (type !== undefined && !mediaType(head.headers).startsWith(type.toLowerCase())) return false;
    if (!header) return true;
    const value = head.headers[name];
    return value !== undefined && (pattern?.test(value) ?? true);
  };
}

/** A body that is no JSON has no values: nothing can be said of them, not even that they are missing. */
function bodyTest(rule: ResponseFilter['body']): (document: unknown) => boolean {
  if (!rule) return () => true;
  const path = parseJsonPath(rule.path);
  const test = valueTest(rule);
  return (document) => document !== undefined && test(selectPath(path, document));
}

function valueTest(rule: NonNullable<ResponseFilter['body']>): (value: unknown) => boolean {
  if ('equals' in rule) return (value) => isSame(value, rule.equals);
  if ('in' in rule) return (value) => rule.in.some((one) => isSame(value, one));
  if ('exists' in rule) return (value) => (value !== undefined) === rule.exists;
  const pattern = new RegExp(rule.matches);
  return (value) =>
    value !== undefined && pattern.test(typeof value === 'string' ? value : JSON.stringify(value));
}

/** A code may be a number in one answer and a text in the next (OpenWeatherMap): 404 and "404" are the same. */
function isSame(value: unknown, wanted: unknown): boolean {
  if (value === wanted) return true;
  const kinds = [typeof value, typeof wanted];
  return kinds.includes('number') && kinds.includes('string') && String(value) === String(wanted);
}
