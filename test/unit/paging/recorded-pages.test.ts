import { expect } from 'chai';
import type { HttpRequest } from '../../../pipeline/http/send-request.ts';
import { createPager, type NextPage, type PageFacts } from '../../../pipeline/paging/pager.ts';
import type { Paginator } from '../../../pipeline/source/source.ts';
import { readSample } from '../../support/read-sample.ts';
import { stops } from './walk-pages.ts';

const noNext = stops({ stop_on: 'no_next' });
const asked = (url: string): HttpRequest => ({ method: 'GET', url: new URL(url), headers: {} });

function issues(number: number, request: HttpRequest): PageFacts {
  const { response_headers: headers } = JSON.parse(
    readSample(`github/paginate-issues_${number}.http.json`),
  ) as {
    response_headers: Record<string, string>;
  };
  const document = JSON.parse(readSample(`github/paginate-issues_${number}.json`)) as unknown[];
  return {
    request,
    headers,
    document,
    records: document.length,
    lastRecord: document.at(-1),
    digest: `${number}`,
  };
}

describe('pages as they were recorded', () => {
  it('of GitHub: relations in any order, and another path after the first page', () => {
    const first = asked('https://api.github.com/repos/octokit-fixture-org/paginate-issues/issues?per_page=3');
    const paginator: Paginator = { type: 'header_link', rel: 'next', stops: noNext };
    const pager = createPager(paginator, first, { baseUrl: 'https://api.github.com/' });
    let next: NextPage = { request: pager.first() };
    const requests: string[] = [];
    while ('request' in next) {
      requests.push(next.request.url.href);
      next = pager.next(issues(requests.length - 1, next.request));
    }
    expect(requests).to.deep.equal([
      first.url.href,
      ...[2, 3, 4, 5].map(
        (page) => `https://api.github.com/repositories/1000/issues?per_page=3&page=${page}`,
      ),
    ]);
  });

  const nws: [sample: string, stop: 'empty_page' | 'no_next', next: RegExp][] = [
    ['ALY', 'empty_page', /cursor=eyJzIjo1MDB9/],
    ['GUM', 'no_next', /cursor=eyJzIjo1MDB9/],
  ];
  for (const [sample, stop_on, expected] of nws) {
    it(`of the National Weather Service: the next page is named, even where there is none (${sample})`, () => {
      const document = JSON.parse(readSample(`nws/stations_${sample}_with_pagination_cursor.json`)) as {
        features: unknown[];
        pagination: { next: string };
      };
      const { origin } = new URL(document.pagination.next);
      const request = asked(`${origin}/stations`);
      const paginator: Paginator = {
        type: 'json_link',
        path: '$.pagination.next',
        stops: stops({ stop_on }),
      };
      const pager = createPager(paginator, request, { baseUrl: origin });
      const page = {
        request,
        headers: {},
        document,
        records: document.features.length,
        lastRecord: {},
        digest: '1',
      };
      const next = pager.next(page);
      expect('request' in next && next.request.url.href).to.match(expected);
      // An empty page ends them, or leads back to itself.
      const empty = { ...page, records: 0, lastRecord: undefined, digest: '2' };
      if (stop_on === 'empty_page') expect(pager.next(empty)).to.deep.equal({ end: 'the page is empty' });
      else expect(() => pager.next(empty)).to.throw(/again/);
    });
  }
});
