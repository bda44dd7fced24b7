import { expect } from 'chai';
import { ConfigError } from '../../../pipeline/errors.ts';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import { createPager } from '../../../pipeline/paging/pager.ts';
import type { Paginator } from '../../../pipeline/source/source.ts';
import { baseUrl, get, page, stops, walkPages, type Api } from './walk-pages.ts';

const numbered: Paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops: stops() };
const cursor: Extract<Paginator, { type: 'cursor' }> = {
  type: 'cursor',
  from: { body: '$.next' },
  send: { param: 'after' },
  stops: stops({ stop_on: 'no_next' }),
};
const link: Paginator = { type: 'json_link', path: '$.next', stops: stops({ stop_on: 'no_next' }) };
const headerLink: Paginator = { type: 'header_link', rel: 'next', stops: stops({ stop_on: 'no_next' }) };
const back: Paginator = { type: 'continue', path: '$.continue', stops: stops({ stop_on: 'no_next' }) };
const withTotal = stops({ total_path: '$.total' });
const fresh = (number: number, more: Record<string, unknown>) => ({ ...page(1, number), more });

interface Refusal {
  what: string;
  paginator: Paginator;
  api: Api;
  said: RegExp;
  asked: number;
  retryable?: boolean;
}

const refusals: Refusal[] = [
  {
    what: 'a token that comes again at once',
    paginator: cursor,
    api: (_, number) => fresh(number, { next: 'a' }),
    said: /page 2 leads to "a" again.*has_more_path/,
    asked: 2,
  },
  {
    what: 'a token of three pages ago',
    paginator: cursor,
    api: (_, number) => fresh(number, { next: 'abc'[(number - 1) % 3] }),
    said: /page 4 leads to "a" again/,
    asked: 4,
  },
  {
    what: 'a circle of tokens longer than its memory',
    paginator: cursor,
    api: (_, number) => fresh(number, { next: number < 600 ? `first ${number}` : `t${number % 1_500}` }),
    said: /again/,
    asked: 2_524,
  },
  {
    what: 'a list as a token that comes again',
    paginator: { ...cursor, from: { last_record: '$.sort' }, send: { body: '$.search_after' } },
    api: (_, number) => ({ items: [{ sort: [1, 'x'], number }] }),
    said: /\[1,"x"\] again/,
    asked: 2,
  },
  {
    what: 'a page that leads back to the first one',
    paginator: link,
    api: (_, number) => fresh(number, { next: number === 1 ? '?page=2' : '/v1/items' }),
    said: /page 2 leads to "https:\/\/api.example\/v1\/items" again/,
    asked: 2,
  },
  {
    what: 'a page that leads to itself',
    paginator: headerLink,
    api: () => ({ ...page(1), headers: { link: '</v1/items>; rel=next' } }),
    said: /again/,
    asked: 1,
  },
  {
    what: 'a continuation that comes again, its members in another order',
    paginator: back,
    api: (_, number) => fresh(number, { continue: number === 1 ? { a: 1, b: 2 } : { b: 2, a: 1 } }),
    said: /again/,
    asked: 2,
  },
  {
    what: 'the same body for another page number',
    paginator: numbered,
    api: () => page(2),
    said: /page 2 has the same body.*again and again/,
    asked: 2,
  },
  {
    what: 'a body of three pages ago',
    paginator: numbered,
    api: (_, number) => page(1, number % 3),
    said: /page 4 has the same body/,
    asked: 4,
  },
  {
    what: 'the same body under new tokens',
    paginator: { ...cursor, from: { header: 'x-next' } },
    api: (_, number) => ({ ...page(1), headers: { 'x-next': `t${number}` } }),
    said: /same body/,
    asked: 2,
  },
  {
    what: 'more pages than maximum_pages, before the next one is asked for',
    paginator: { ...numbered, stops: stops({ maximum_pages: 3 }) },
    api: (_, number) => page(1, number),
    said: /more than 3 pages.*maximum_pages/,
    asked: 3,
  },
  {
    what: 'has_more without a token',
    paginator: { ...cursor, stops: stops({ has_more_path: '$.more', stop_on: 'no_next' }) },
    api: () => fresh(1, { more: true, next: null }),
    said: /page 1 says at \$\.more that there are more, but names no next page/,
    asked: 1,
  },
  {
    what: 'has_more that says neither yes nor no',
    paginator: { ...numbered, stops: stops({ has_more_path: '$.more' }) },
    api: () => fresh(1, { more: 'perhaps' }),
    said: /has_more_path finds "perhaps"/,
    asked: 1,
  },
  {
    what: 'a last record without the token',
    paginator: { ...cursor, from: { last_record: '$.key' } },
    api: () => page(2),
    said: /last record.*\$\.key.*\{"id":1\}/,
    asked: 1,
  },
  {
    what: 'pages that end before the total',
    paginator: { ...numbered, stops: withTotal },
    api: (_, number) => ({ ...page(number === 1 ? 3 : 0), more: { total: 5 } }),
    said: /ended after 3 records, \$\.total says that there are 5/,
    asked: 2,
    retryable: true,
  },
  {
    what: 'tokens that end before the total',
    paginator: { ...cursor, stops: { ...withTotal, stop_on: 'no_next' } },
    api: () => fresh(1, { total: 2 }),
    said: /ended after 1 records, \$\.total says that there are 2/,
    asked: 1,
    retryable: true,
  },
  {
    what: 'a response filter that stops the pages before the total',
    paginator: { ...numbered, stops: withTotal },
    api: (_, number) => (number === 1 ? fresh(1, { total: 2 }) : { none: true, stop: true }),
    said: /ended after 1 records/,
    asked: 2,
    retryable: true,
  },
  {
    what: 'more records than the total',
    paginator: { ...numbered, stops: withTotal },
    api: () => ({ ...page(3), more: { total: 2 } }),
    said: /gave 3 records, \$\.total says that there are 2/,
    asked: 1,
    retryable: true,
  },
  {
    what: 'a total that is the count of each page',
    paginator: { ...cursor, stops: { ...withTotal, stop_on: 'no_next' } },
    api: (_, number) => fresh(number, { total: 1, next: number < 3 ? `t${number}` : null }),
    said: /gave 3 records.*the total of all pages/,
    asked: 3,
    retryable: true,
  },
  {
    what: 'a total that shrinks while pages are counted',
    paginator: { ...numbered, stops: withTotal },
    api: (_, number) => fresh(number, { total: 5 - number }),
    said: /the total went from 4 to 3/,
    asked: 2,
    retryable: true,
  },
  {
    what: 'a total that is nowhere',
    paginator: { ...numbered, stops: stops({ total_path: '$.meta.total' }) },
    api: (_, number) => page(number === 1 ? 1 : 0),
    said: /total_path \$\.meta\.total finds nothing on any page/,
    asked: 2,
  },
  {
    what: 'a total that is no number',
    paginator: { ...numbered, stops: withTotal },
    api: () => fresh(1, { total: 'many' }),
    said: /total_path \$\.total finds "many", which is no whole number/,
    asked: 1,
  },
  {
    what: 'fewer pages than there are',
    paginator: { ...cursor, stops: stops({ stop_on: 'no_next', total_pages_path: '$.pages' }) },
    api: () => fresh(1, { pages: 2 }),
    said: /ended after 1, \$\.pages says that there are 2/,
    asked: 1,
    retryable: true,
  },
  {
    what: 'a number of pages that is nowhere',
    paginator: { ...numbered, stops: stops({ total_pages_path: '$.pages' }) },
    api: (_, number) => page(number === 1 ? 1 : 0),
    said: /total_pages_path \$\.pages finds nothing on any page/,
    asked: 2,
  },
  {
    what: 'a URL that is no text',
    paginator: link,
    api: () => fresh(1, { next: { page: 2 } }),
    said: /next_url_path \$\.next finds \{"page":2\}/,
    asked: 1,
  },
  {
    what: 'a URL that is none',
    paginator: link,
    api: () => fresh(1, { next: 'https://' }),
    said: /"https:\/\/", which is no address/,
    asked: 1,
  },
  ...[
    'https://elsewhere.example/items',
    '//elsewhere.example/items',
    'http://api.example/v1/items',
    'https://api.example:8443/v1/items',
    String.raw`\\elsewhere.example/items`,
    'https://api.example@elsewhere.example/items',
    'file:///etc/passwd',
  ].map((next): Refusal => ({
    what: `a URL outside of the host: ${next}`,
    paginator: link,
    api: () => fresh(1, { next }),
    said: /is not the host of https:\/\/api\.example: nothing was sent.*change base_url/,
    asked: 1,
  })),
  {
    what: 'a Link header to another host',
    paginator: headerLink,
    api: () => ({ ...page(1), headers: { link: '<https://elsewhere.example/>; rel=next' } }),
    said: /elsewhere\.example, which is not the host/,
    asked: 1,
  },
  {
    what: 'a Link header that cannot be read',
    paginator: headerLink,
    api: () => ({ ...page(1), headers: { link: 'https://api.example/v1/items?page=2; rel=next' } }),
    said: /Link header cannot be read/,
    asked: 1,
    retryable: true,
  },
  {
    what: 'a continuation that is no object',
    paginator: back,
    api: () => fresh(1, { continue: ['a'] }),
    said: /continue_path \$\.continue finds \["a"\]/,
    asked: 1,
  },
  {
    what: 'a continuation with an object in it',
    paginator: back,
    api: () => fresh(1, { continue: { a: {} } }),
    said: /no object of parameters/,
    asked: 1,
  },
  {
    what: 'a token in the query that is an object',
    paginator: cursor,
    api: () => fresh(1, { next: { id: 1 } }),
    said: /\{"id":1\} cannot be sent in the parameter after/,
    asked: 1,
  },
  {
    what: 'a token in a header that has a line break',
    paginator: { ...cursor, send: { header: 'X-Next' } },
    api: () => fresh(1, { next: 'a\r\nhost: b' }),
    said: /cannot be sent in the header X-Next/,
    asked: 1,
  },
  {
    what: 'a token that has lost its last digits',
    paginator: cursor,
    api: () => fresh(1, { next: Number('90071992547409931') }),
    said: /more digits than a program keeps/,
    asked: 1,
  },
];

describe('a pager refuses', () => {
  for (const { what, paginator, api, said, asked, retryable = false } of refusals) {
    it(what, () => {
      const request: HttpRequest =
        'send' in paginator && 'body' in paginator.send ? { ...get, method: 'POST' } : get;
      const walk = walkPages(paginator, api, { request });
      expect(walk.error?.message).to.match(said);
      expect(walk.error).to.be.instanceOf(HttpError);
      expect(walk.error).to.include({ retryable });
      expect(walk.sent.length).to.equal(asked);
    });
  }

  it('a position of another kind of pages', () => {
    const { state } = walkPages(cursor, [fresh(1, { next: 'a' })], { pauseAfter: 1 });
    expect(() => createPager(numbered, get, { baseUrl, resume: state })).to.throw(
      HttpError,
      /one of cursor pages, the source has page_number now/,
    );
  });

  const places: [what: string, path: string, request: HttpRequest, said: RegExp][] = [
    [
      'a place below a text',
      '$.q.page',
      { ...get, body: '{"q":"all"}' },
      /has "all" where \$\.q\.page needs an object/,
    ],
    [
      'a list where there is an object',
      '$[0]',
      { ...get, body: '{}' },
      /has \{\} where \$\[0\] needs a list/,
    ],
    [
      'a place deep in a form',
      '$.a.b',
      { ...get, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' },
      /no place in a form/,
    ],
  ];
  for (const [what, path, request, said] of places) {
    it(`${what}, before anything is sent`, () => {
      const paginator = { ...numbered, send: { body: path } };
      expect(() => createPager(paginator, { ...request, method: 'POST' }, { baseUrl })).to.throw(
        ConfigError,
        said,
      );
    });
  }
});
