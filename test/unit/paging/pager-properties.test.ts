import { expect } from 'chai';
import * as fc from 'fast-check';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import type { Paginator } from '../../../pipeline/source/source.ts';
import { stops, walkPages, type ApiPage } from './walk-pages.ts';

/** An API with these records on its pages, in whatever way it hands them out. */
interface Book {
  paginator: Paginator;
  api: (sent: { url: URL }, number: number) => ApiPage;
}

const tokens: Paginator = {
  type: 'cursor',
  from: { body: '$.next' },
  send: { param: 'after' },
  stops: stops({ stop_on: 'no_next' }),
};
const offsets: Paginator = {
  type: 'offset',
  base_offset: 0,
  send: { param: 'offset' },
  size: { value: 7, send: { param: 'limit' } },
  stops: stops(),
};
const numbers: Paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops: stops() };
const links: Paginator = { type: 'json_link', path: '$.next', stops: stops({ stop_on: 'no_next' }) };

/** Records of each page; no two pages alike, as every record is another one. */
const pages = fc
  .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 40 })
  .map((counts) => counts.map((count, page) => Array.from({ length: count }, (_, row) => ({ page, row }))));
const token = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.integer({ min: 0 }),
  fc.array(fc.integer(), { minLength: 1, maxLength: 1 }),
);
const send = fc.constantFrom({ param: 'after' }, { body: '$.page.after' });

/** Pages that lead on by these tokens; the token that is sent chooses the page, as in an API. */
function chained(book: unknown[][], leads: unknown[]): (sent: { body?: string }) => ApiPage {
  const places = new Map(leads.map((lead, index) => [JSON.stringify(lead), index + 1]));
  return ({ body }) => {
    const after =
      body === undefined ? undefined : (JSON.parse(body) as { page?: { after?: unknown } }).page?.after;
    const place = after === undefined ? 0 : (places.get(JSON.stringify(after)) ?? 0);
    const next = place < book.length - 1 ? leads[place] : null;
    return { items: book[place] ?? [], more: { next } };
  };
}

const inBody: Paginator = { ...tokens, send: { body: '$.page.after' } };
const post = { method: 'POST' as const, url: new URL('https://api.example/v1/items'), headers: {} };

describe('any sequence of tokens', () => {
  it('without a repetition ends with exactly the pages of the API', () => {
    fc.assert(
      fc.property(
        pages,
        fc.uniqueArray(token, { minLength: 40, maxLength: 40, selector: (one) => JSON.stringify(one) }),
        (book, leads) => {
          const walk = walkPages(inBody, chained(book, leads), { request: post });
          expect(walk.error).to.equal(undefined);
          expect(walk.sent.length).to.equal(book.length);
          expect(walk.records).to.deep.equal(book.flat());
        },
      ),
    );
  });

  it('with a repetition is refused, whichever page it is on', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 60 }), send, (from, length, to) => {
        const last = from + length;
        // Page `last` leads back to what page `from` has led to.
        const api = (_: unknown, number: number): ApiPage => ({
          items: [{ number }],
          more: { next: number - 1 === last ? `t${from}` : `t${number - 1}` },
        });
        const again: Paginator = { ...tokens, send: to };
        const { error, sent } = walkPages(again, (request, number) => api(request, number), {
          request: post,
        });
        expect(error).to.be.instanceOf(HttpError).with.property('message').that.matches(/again/);
        expect(sent.length).to.equal(last + 1);
      }),
    );
  });
});

const books: [what: string, (book: unknown[][]) => Book][] = [
  [
    'page numbers up to the number of pages',
    (book) => ({
      paginator: { ...numbers, stops: stops({ total_pages_path: '$.pages' }) },
      api: ({ url }) => ({
        items: book[Number(url.searchParams.get('page')) - 1] ?? [],
        more: { pages: book.length },
      }),
    }),
  ],
  [
    'page numbers while there is more',
    (book) => ({
      paginator: { ...numbers, stops: stops({ has_more_path: '$.more' }) },
      api: ({ url }) => {
        const number = Number(url.searchParams.get('page'));
        return { items: book[number - 1] ?? [], more: { more: number < book.length } };
      },
    }),
  ],
  [
    'offsets, whatever the API makes of the limit',
    (book) => ({
      paginator: offsets,
      api: ({ url }, number) => {
        const records = book.flat();
        const from = Number(url.searchParams.get('offset'));
        return { items: records.slice(from, from + 1 + (number % 9)) };
      },
    }),
  ],
  [
    'offsets up to the total',
    (book) => ({
      paginator: { ...offsets, stops: stops({ total_path: '$.total' }) },
      api: ({ url }, number) => {
        const records = book.flat();
        const from = Number(url.searchParams.get('offset'));
        return { items: records.slice(from, from + 1 + (number % 9)), more: { total: records.length } };
      },
    }),
  ],
  [
    'links',
    (book) => ({
      paginator: links,
      api: ({ url }) => {
        const number = Number(url.searchParams.get('p') ?? 0);
        return {
          items: book[number] ?? [],
          more: { next: number < book.length - 1 ? `?p=${number + 1}` : null },
        };
      },
    }),
  ],
];

describe('a book of pages', () => {
  for (const [what, make] of books) {
    it(`is read whole by ${what}`, () => {
      fc.assert(
        fc.property(pages, (book) => {
          const { paginator, api } = make(book);
          const walk = walkPages(paginator, api);
          expect(walk.error).to.equal(undefined);
          expect(walk.records).to.deep.equal(book.flat());
        }),
      );
    });

    it(`is read the same by ${what}, with a pause anywhere and its position as JSON`, () => {
      fc.assert(
        fc.property(pages, fc.nat({ max: 40 }), (book, pauseAfter) => {
          const { paginator, api } = make(book);
          const whole = walkPages(paginator, api);
          const before = walkPages(paginator, api, { pauseAfter });
          if (!before.state) return;
          const state = JSON.parse(JSON.stringify(before.state)) as typeof before.state;
          const after = walkPages(paginator, (sent, number) => api(sent, number + pauseAfter), {
            resume: state,
          });
          expect([...before.requests, ...after.requests]).to.deep.equal(whole.requests);
          expect([...before.records, ...after.records]).to.deep.equal(whole.records);
          expect(after.end).to.equal(whole.end);
        }),
      );
    });
  }

  it('remembers what it saw before a pause', () => {
    const before = walkPages(tokens, leadingBack, { pauseAfter: 2 });
    const { error } = walkPages(tokens, (sent, number) => leadingBack(sent, number + 2), {
      ...(before.state && { resume: before.state }),
    });
    expect(error?.message).to.match(/page 4 leads to "a" again/);
  });
});

/** The fourth page leads to the second one. */
function leadingBack(_: unknown, number: number): ApiPage {
  return { items: [{ number }], more: { next: 'abca'[number - 1] } };
}
