import type { HttpRequest } from '../http/send-request.ts';
import type { SendTo } from '../source/source.ts';
import { pagingError, shown } from './paging-error.ts';
import { placeInBody } from './place-in-body.ts';

/** Makes the request with a value in it. */
export type Place = (value: unknown) => HttpRequest;

/** Requests that differ in one value alone. All that they share is prepared once: there may be thousands. */
export function placeValue(request: HttpRequest, send: SendTo): Place {
  if ('param' in send) return placeInQuery(request, send.param);
  if ('header' in send) return placeInHeader(request, send.header);
  return placeInBody(request, send.body);
}

function placeInQuery(request: HttpRequest, name: string): Place {
  const url = new URL(request.url);
  // Any change through searchParams writes the whole query anew.
  if (url.searchParams.has(name)) url.searchParams.delete(name);
  if (url.search === '') url.search = '';
  const before = `${url.href}${url.search === '' ? '?' : '&'}${encodeURIComponent(name)}=`;
  return (value) => ({
    ...request,
    url: new URL(before + encodeURIComponent(textOf(value, `the parameter ${name}`))),
  });
}

function placeInHeader(request: HttpRequest, header: string): Place {
  const name = header.toLowerCase();
  return (value) => {
    const text = textOf(value, `the header ${header}`);
    if (/[^\t\u0020-\u007E\u0080-\u00FF]/.test(text)) {
      throw pagingError(
        `the token ${shown(text)} cannot be sent in the header ${header}: it has characters that none may have`,
      );
    }
    return { ...request, headers: { ...request.headers, [name]: text } };
  };
}

function textOf(value: unknown, place: string): string {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw pagingError(
    `the token ${shown(value)} cannot be sent in ${place}: it is no text and no number; only a JSON body can carry it (cursor_body_path)`,
  );
}
