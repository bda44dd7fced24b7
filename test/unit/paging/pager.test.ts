import { expect } from 'chai';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import type { Paginator } from '../../../pipeline/source/source.ts';
import { get, page, stops, walkPages, type Api } from './walk-pages.ts';

const numbered: Paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops: stops() };
const offset: Paginator = {
  type: 'offset',
  base_offset: 0,
  send: { param: 'offset' },
  size: { value: 2, send: { param: 'limit' } },
  stops: stops(),
};
const cursor: Extract<Paginator, { type: 'cursor' }> = {
  type: 'cursor',
  from: { body: '$.next' },
  send: { param: 'after' },
  stops: stops({ stop_on: 'no_next' }),
};
const fromLast: Paginator = { ...cursor, from: { last_record: '$.id' }, stops: stops() };
const link: Paginator = { type: 'json_link', path: '$.next', stops: stops({ stop_on: 'no_next' }) };
const back: Paginator = { type: 'continue', path: '$.continue', stops: stops({ stop_on: 'no_next' }) };
const post: HttpRequest = {
  method: 'POST',
  url: get.url,
  headers: { 'content-type': 'application/json' },
  body: '{"q":"all","page":{"size":5}}',
};
const form: HttpRequest = {
  ...post,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'q=a+b&from=9',
};
const at = (url: string): HttpRequest => ({ ...get, url: new URL(url) });

interface Case {
  what: string;
  paginator: Paginator;
  api: Api;
  request?: HttpRequest;
  requests: string[];
  end?: RegExp;
}

const cases: Case[] = [
  {
    what: 'a single page',
    paginator: { type: 'single_page' },
    api: [page(3)],
    requests: ['/items'],
    end: /single page/,
  },
  {
    what: 'page numbers from 1 up to the first empty page',
    paginator: numbered,
    api: [page(2), page(1, 2), page(0)],
    requests: ['/items?page=1', '/items?page=2', '/items?page=3'],
    end: /empty/,
  },
  {
    what: 'page numbers from 0, to a page that is short',
    paginator: {
      ...numbered,
      base_page: 0,
      size: { value: 2, send: { param: 'n' } },
      stops: stops({ stop_on: 'short_page' }),
    },
    api: [page(2), page(1, 2)],
    requests: ['/items?n=2&page=0', '/items?n=2&page=1'],
    end: /1 records, fewer than 2/,
  },
  {
    what: 'page numbers to a 204',
    paginator: numbered,
    api: [page(2), { none: true }],
    requests: ['/items?page=1', '/items?page=2'],
    end: /empty/,
  },
  {
    what: 'page numbers although no page is named (`no_next`), to an empty page',
    paginator: { ...numbered, stops: stops({ stop_on: 'no_next' }) },
    api: [page(2), page(0)],
    requests: ['/items?page=1', '/items?page=2'],
  },
  {
    what: 'a page number in place of a parameter that the endpoint has',
    paginator: numbered,
    request: at('https://api.example/v1/items?page=7&sort=id'),
    api: [page(1), page(0)],
    requests: ['/items?sort=id&page=1', '/items?sort=id&page=2'],
  },
  {
    what: 'a page number in a header',
    paginator: { ...numbered, send: { header: 'X-Page' } },
    api: [page(1), page(0)],
    requests: ['/items x-page: 1', '/items x-page: 2'],
  },
  {
    what: 'a page number in a JSON body, next to what is there',
    paginator: { ...numbered, send: { body: '$.page.number' } },
    request: post,
    api: [page(1), page(0)],
    requests: [
      'POST /items {"q":"all","page":{"size":5,"number":1}}',
      'POST /items {"q":"all","page":{"size":5,"number":2}}',
    ],
  },
  {
    what: 'a page number, to the number of pages, an empty one among them',
    paginator: { ...numbered, stops: stops({ total_pages_path: '$.pages' }) },
    api: [2, 0, 1].map((count, index) => ({ ...page(count, index * 2), more: { pages: '3' } })),
    requests: ['/items?page=1', '/items?page=2', '/items?page=3'],
    end: /all 3 pages/,
  },
  {
    what: 'page numbers while has_more says so, over empty pages',
    paginator: { ...numbered, stops: stops({ has_more_path: '$.more' }) },
    api: [
      { ...page(1), more: { more: true } },
      { items: [], more: { more: true } },
      { items: [], more: { more: true } },
      { ...page(1, 1), more: { more: false } },
    ],
    requests: ['/items?page=1', '/items?page=2', '/items?page=3', '/items?page=4'],
    end: /\$\.more says/,
  },
  {
    what: 'offsets from 0, by what came',
    paginator: offset,
    api: [page(2), page(1, 2), page(0)],
    requests: ['/items?limit=2&offset=0', '/items?limit=2&offset=2', '/items?limit=2&offset=3'],
    end: /empty/,
  },
  {
    what: 'offsets from 1 (USGS)',
    paginator: { ...offset, base_offset: 1, stops: stops({ stop_on: 'short_page' }) },
    api: [page(2), page(1, 2)],
    requests: ['/items?limit=2&offset=1', '/items?limit=2&offset=3'],
  },
  {
    what: 'offsets to the total, without a further request',
    paginator: { ...offset, stops: stops({ total_path: '$.total' }) },
    api: [
      { ...page(2), more: { total: 4 } },
      { ...page(2, 2), more: { total: 4 } },
    ],
    requests: ['/items?limit=2&offset=0', '/items?limit=2&offset=2'],
    end: /all 4 records/,
  },
  {
    what: 'offsets over a short page, when the total is not there yet',
    paginator: { ...offset, stops: stops({ total_path: '$.total', stop_on: 'short_page' }) },
    api: [2, 1, 1].map((count, index) => ({ ...page(count, index * 2), more: { total: 4 } })),
    requests: ['/items?limit=2&offset=0', '/items?limit=2&offset=2', '/items?limit=2&offset=3'],
  },
  {
    what: 'offsets that go on over an empty page by the limit',
    paginator: { ...offset, stops: stops({ has_more_path: '$.more' }) },
    api: [
      { items: [], more: { more: 'true' } },
      { ...page(1), more: { more: 'false' } },
    ],
    requests: ['/items?limit=2&offset=0', '/items?limit=2&offset=2'],
  },
  {
    what: 'an offset in a form',
    paginator: { ...offset, size: { value: 2 }, send: { body: '$.from' } },
    request: form,
    api: [page(2), page(0)],
    requests: ['POST /items q=a+b&from=0', 'POST /items q=a+b&from=2'],
  },
  {
    what: 'tokens of the body, until there is none',
    paginator: cursor,
    api: [
      { ...page(1), more: { next: 'a+b/c==&d=é' } },
      { items: [], more: { next: 17 } },
      { ...page(1, 1), more: { next: null } },
    ],
    requests: ['/items', '/items?after=a+b/c==&d=é', '/items?after=17'],
    end: /names no further/,
  },
  {
    what: 'tokens with the size of a page',
    paginator: { ...cursor, size: { value: 50, send: { param: 'limit' } } },
    api: [{ ...page(1), more: { next: 'a' } }, page(1, 1)],
    requests: ['/items?limit=50', '/items?limit=50&after=a'],
  },
  {
    what: 'tokens from a header to a header',
    paginator: { ...cursor, from: { header: 'X-Next' }, send: { header: 'X-Page' } },
    api: [{ ...page(1), headers: { 'x-next': ' t1 ' } }, page(1, 1)],
    requests: ['/items', '/items x-page: t1'],
  },
  {
    what: 'tokens to a JSON body, lists too (search_after), its parents made',
    paginator: {
      ...cursor,
      from: { last_record: '$.sort' },
      send: { body: '$.find.search_after' },
      stops: stops(),
    },
    request: { ...get, method: 'POST' },
    api: [{ items: [{ sort: [17, 'x'] }] }, page(0)],
    requests: ['POST /items', 'POST /items {"find":{"search_after":[17,"x"]}}'],
  },
  {
    what: 'tokens of the last record while there is more (Stripe)',
    paginator: { ...fromLast, stops: stops({ has_more_path: '$.has_more' }) },
    api: [
      { ...page(2, 4), more: { has_more: true } },
      { ...page(1, 1), more: { has_more: false } },
    ],
    requests: ['/items', '/items?after=5'],
  },
  {
    what: 'tokens of the last record up to an empty page',
    paginator: fromLast,
    api: [page(2), page(1, 7), page(0)],
    requests: ['/items', '/items?after=1', '/items?after=7'],
    end: /empty/,
  },
  {
    what: 'tokens of the last record up to the total',
    paginator: { ...fromLast, stops: stops({ total_path: '$.total' }) },
    api: [
      { ...page(2), more: { total: 3 } },
      { ...page(1, 2), more: { total: 3 } },
    ],
    requests: ['/items', '/items?after=1'],
  },
  {
    what: 'tokens after an empty page, where that is not the end (`no_next`)',
    paginator: cursor,
    api: [{ items: [], more: { next: 'a' } }, page(1)],
    requests: ['/items', '/items?after=a'],
  },
  {
    what: 'tokens up to an empty page, where the API always gives one (NWS)',
    paginator: { ...cursor, stops: stops() },
    api: [
      { ...page(1), more: { next: 'a' } },
      { items: [], more: { next: 'b' } },
    ],
    requests: ['/items', '/items?after=a'],
    end: /empty/,
  },
  {
    what: 'a token although the total is there: it could be the count of one page',
    paginator: { ...cursor, stops: stops({ stop_on: 'no_next', total_path: '$.total' }) },
    api: [
      { ...page(1), more: { next: 'a', total: 1 } },
      { items: [], more: { next: 'b', total: 1 } },
    ],
    requests: ['/items', '/items?after=a'],
    end: /all 1 records/,
  },
  {
    what: 'a last page that leads to itself, where the total says that it is the last',
    paginator: { ...link, stops: stops({ stop_on: 'no_next', total_path: '$.total' }) },
    api: [
      { ...page(1), more: { next: '?page=2', total: 2 } },
      { ...page(1, 1), more: { next: '?page=2', total: 2 } },
    ],
    requests: ['/items', '/items?page=2'],
  },
  {
    what: 'URLs in the body: absolute, a query, a path, another path of the host',
    paginator: link,
    api: [
      { ...page(1), more: { next: 'https://api.example/v1/items?offset=1' } },
      { ...page(1, 1), more: { next: '?offset=2#top' } },
      { ...page(1, 2), more: { next: 'others?a=1' } },
      { ...page(1, 3), more: { next: '/repositories/1000/items' } },
      { ...page(1, 4), more: { next: '' } },
    ],
    requests: ['/items', '/items?offset=1', '/items?offset=2', '/others?a=1', '/repositories/1000/items'],
  },
  {
    what: 'a Link header among others',
    paginator: { type: 'header_link', rel: 'next', stops: stops({ stop_on: 'no_next' }) },
    api: [
      { ...page(1), headers: { link: '</v1/items?page=9>; rel="last", </v1/items?page=2>; rel="next"' } },
      { ...page(1, 1), headers: { link: '</v1/items?page=1>; rel="prev"' } },
    ],
    requests: ['/items', '/items?page=2'],
  },
  {
    what: 'every member of a continuation, in place of the last ones (MediaWiki)',
    paginator: back,
    request: at('https://api.example/v1/items?action=query'),
    api: [
      { ...page(1), more: { continue: { rccontinue: '2026|7', continue: '-||' } } },
      { ...page(1, 1), more: { continue: { continue: '||' } } },
      page(1, 2),
    ],
    requests: [
      '/items?action=query',
      '/items?action=query&rccontinue=2026|7&continue=-||',
      '/items?action=query&continue=||',
    ],
  },
  {
    what: 'no further page after a response filter has said so',
    paginator: numbered,
    api: [page(1), { none: true, stop: true }],
    requests: ['/items?page=1', '/items?page=2'],
    end: /stop_paging/,
  },
  {
    what: 'a total that grows between the pages',
    paginator: { ...numbered, stops: stops({ total_path: '$.total' }) },
    api: [
      { ...page(2), more: { total: 3 } },
      { ...page(2, 2), more: { total: 5 } },
      { ...page(1, 4), more: {} },
    ],
    requests: ['/items?page=1', '/items?page=2', '/items?page=3'],
    end: /all 5 records/,
  },
  {
    what: 'tokens whose total changes, up and down, around what was read',
    paginator: { ...cursor, stops: stops({ stop_on: 'no_next', total_path: '$.total' }) },
    api: [
      { ...page(2), more: { next: 'a', total: 4 } },
      { ...page(2, 2), more: { total: 3 } },
    ],
    requests: ['/items', '/items?after=a'],
  },
  {
    what: 'a total of none',
    paginator: { ...numbered, stops: stops({ total_path: '$.total' }) },
    api: [{ items: [], more: { total: 0 } }],
    requests: ['/items?page=1'],
  },
  {
    what: 'an empty answer that has no total either',
    paginator: { ...numbered, stops: stops({ total_path: '$.total', total_pages_path: '$.pages' }) },
    api: [{ none: true }],
    requests: ['/items?page=1'],
    end: /empty/,
  },
];

describe('a pager', () => {
  for (const { what, paginator, api, request, requests, end } of cases) {
    it(`follows ${what}`, () => {
      const walk = walkPages(paginator, api, request ? { request } : {});
      expect(walk.error).to.equal(undefined);
      expect(walk.requests).to.deep.equal(requests);
      if (end) expect(walk.end).to.match(end);
    });
  }

  it('leaves the request alone, and keeps its method and headers', () => {
    const request = { ...at('https://api.example/v1/items?sort=id'), headers: { 'x-tenant': 'blue' } };
    const { sent } = walkPages(link, [{ ...page(1), more: { next: '?page=2' } }, page(1, 1)], { request });
    expect(request.url.href).to.equal('https://api.example/v1/items?sort=id');
    expect(sent[1]).to.deep.include({ method: 'GET', headers: { 'x-tenant': 'blue' } });
  });

  it('makes a body that was not there JSON', () => {
    const request: HttpRequest = { ...get, method: 'POST' };
    const { sent } = walkPages({ ...numbered, send: { body: '$.page' } }, [page(0)], { request });
    expect(sent[0]).to.deep.include({ body: '{"page":1}', headers: { 'content-type': 'application/json' } });
  });

  it('takes the key out of links: who sends them adds it', () => {
    const next = 'https://api.example/v1/items?page=2&key=s3cret';
    const api = [{ ...page(1), more: { next } }, page(1, 1)];
    expect(walkPages(link, api, { keyParam: 'key' }).requests).to.deep.equal(['/items', '/items?page=2']);
    const { state } = walkPages(link, api, { keyParam: 'key', pauseAfter: 1 });
    expect(JSON.stringify(state)).to.not.contain('s3cret');
  });

  it('doubts a total that is exactly one page', () => {
    const paginator = { ...offset, stops: stops({ total_path: '$.total' }) };
    expect(walkPages(paginator, [{ ...page(2), more: { total: 2 } }]).warning).to.match(
      /the total of all pages\?/,
    );
    expect(walkPages(paginator, [{ ...page(1), more: { total: 1 } }])).to.not.have.property('warning');
  });
});
