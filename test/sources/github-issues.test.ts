import { expect } from 'chai';
import type { Answer, Question } from '../conformance/api-server.ts';
import { readSample } from '../support/read-sample.ts';
import { fixture, sourcePlayer, targets } from './play-source.ts';

const secrets = { 'github-token': 'a-token-of-github' };
const host = 'https://api.github.com';

/** One of the five recorded pages, its links on the API of the test. */
function recordedPage(page: number): Answer {
  const { response_headers: headers } = JSON.parse(
    readSample(`github/paginate-issues_${page}.http.json`),
  ) as {
    response_headers: Record<string, string>;
  };
  const link = String(headers['link']).replaceAll(host, '{api}');
  return {
    // As if it had been recorded in the year that is asked for: the engine stops at what is older.
    text: readSample(`github/paginate-issues_${page}.json`).replaceAll('2017-10-10', '2026-10-10'),
    headers: { 'content-type': 'application/json', link },
  };
}

const nothing: Answer = { json: [] };

function recordedPages({ path, query }: Question): Answer {
  if (path === '/repos/duckdb/duckdb/issues') return recordedPage(0);
  return path === '/repositories/1000/issues' ? recordedPage(Number(query.get('page')) - 1) : nothing;
}

describe('sources/github-issues.yaml', () => {
  const { play } = sourcePlayer('github-issues');

  it('follows the Link header through five pages, whose path changes, and sends its token with each', async () => {
    const { seen } = await play(() => recordedPages, { secrets });
    expect(seen[0]?.reason).to.equal('');
    expect(targets(seen[0]!)).to.include.members([
      '/repos/duckdb/duckdb/issues?state=all&sort=updated&direction=desc&since=2026-01-01T00:00:00Z&per_page=100',
      '/repositories/1000/issues?per_page=3&page=5',
      '/repos/apache/iceberg/issues?state=all&sort=updated&direction=desc&since=2026-01-01T00:00:00Z&per_page=100',
    ]);
    for (const { headers } of seen[0]?.questions ?? []) {
      expect(headers).to.include({
        authorization: 'Bearer a-token-of-github',
        'x-github-api-version': '2022-11-28',
      });
    }
    expect(seen[0]?.rows).to.have.length(13);
    expect(seen[0]?.rows[0]).to.include({
      repository: 'duckdb/duckdb',
      number: '13',
      author: 'octokit-fixture-user-a',
      _file: 'year=2026/month=10/part-0.parquet',
    });
  });

  it('leaves pull requests out, files by the month of creation, goes on from the newest change', async () => {
    const page = await fixture('github/with-pull-request.json');
    const script =
      () =>
      ({ path }: Question) =>
        path.includes('duckdb') ? page : nothing;
    const { seen } = await play(script, { secrets, fetches: [{}, {}] });
    expect(seen[0]?.rows.map(({ number }) => number)).to.deep.equal(['42']);
    expect(seen[0]).to.include({ filtered: 1 });
    expect(seen[0]?.rows[0]).to.include({
      _file: 'year=2025/month=12/part-0.parquet',
      created_at: '2025-12-30 23:59:59',
      state: 'closed',
      milestone: null,
    });
    expect(targets(seen[1]!)[0]).to.include('since=2026-11-20T08:00:00Z');
    expect(targets(seen[1]!)[1]).to.include('since=2026-01-01T00:00:00Z');
  });

  it('reports a repository that is gone, and lands the other', async () => {
    const page = await fixture('github/with-pull-request.json');
    const script =
      () =>
      ({ path }: Question) =>
        path.includes('iceberg') ? { status: 404, json: { message: 'Not Found' } } : page;
    const { seen } = await play(script, { secrets });
    expect(seen[0]?.rows).to.have.length(1);
    expect(seen[0]?.skipped.map(({ slice }) => slice)).to.deep.equal([
      { repo: { owner: 'apache', name: 'iceberg' } },
    ]);
  });

  it('stops at an exhausted limit, and asks again for what is left when the time that GitHub names has come', async () => {
    const spent: Answer = {
      status: 403,
      json: { message: 'API rate limit exceeded' },
      headers: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-11-21T10:40:00Z') / 1000),
      },
    };
    const { seen } = await play(
      () =>
        ({ number, path }) =>
          number < 3 && path.includes('duckdb') ? spent : nothing,
      {
        secrets,
        fetches: [{}, { at: '2026-11-21T10:20:00Z' }, { at: '2026-11-21T10:41:00Z' }],
      },
    );
    expect(seen[0]?.reason).to.match(/wait 2\d{3} s|GitHub|limit/i);
    expect(seen[1]?.questions).to.have.length(0);
    expect(targets(seen[2]!)[0]).to.include('/repos/duckdb/duckdb/issues');
  });
});
