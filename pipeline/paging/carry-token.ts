import type { HttpRequest } from '../http/send-request.ts';
import { parseJsonPath, selectPath } from '../source/json-path.ts';
import type { Paginator, TokenFrom } from '../source/source.ts';
import type { Lead, PageFacts, Way } from './page.ts';
import { pagingError, shown } from './paging-error.ts';
import { placeValue } from './place-value.ts';

type CursorPaginator = Extract<Paginator, { type: 'cursor' }>;

/** Every page carries the token of the next one, or its last record does. */
export function carryToken({ from, send }: CursorPaginator, request: HttpRequest): Way {
  const read = tokenReader(from);
  return {
    first: request,
    counted: false,
    endless: 'last_record' in from,
    leadFrom: (page) => exact(read(page)),
    follow: placeValue(request, send),
  };
}

function tokenReader(from: TokenFrom): (page: PageFacts) => Lead | undefined {
  if ('header' in from) {
    const name = from.header.toLowerCase();
    return ({ headers }) => present(headers[name]?.trim());
  }
  if ('body' in from) {
    const path = parseJsonPath(from.body);
    return ({ document }) => present(selectPath(path, document));
  }
  const path = parseJsonPath(from.last_record);
  return ({ records, lastRecord }) => {
    if (records === 0) return undefined;
    const token = present(selectPath(path, lastRecord));
    if (token !== undefined) return token;
    throw pagingError(
      `the last record of the page has no token at ${from.last_record}: the next page cannot be asked for; the record is ${shown(lastRecord)}`,
    );
  };
}

/** `null`, `false`, empty texts, lists and objects all say that there is no token. 0 may be one. */
function present(token: unknown): Lead | undefined {
  if (token === undefined || token === null || token === '' || token === false) return undefined;
  return typeof token === 'object' && Object.keys(token).length === 0 ? undefined : token;
}

/** A whole number of more than 16 digits has lost its last ones when it was parsed: it would ask for another page. */
function exact(token: Lead | undefined): Lead | undefined {
  if (typeof token === 'number' && Number.isInteger(token) && !Number.isSafeInteger(token)) {
    throw pagingError(
      `the token ${token} is a number with more digits than a program keeps: take a field that has it as text, if the API offers one`,
    );
  }
  return token;
}
