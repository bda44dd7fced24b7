/** What requests compile to: auth, paging, windows, rules, formats. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import { sourceText } from '../../../pipeline/source/source-key.ts';
import type { CompiledResource, CompiledSource, Paginator } from '../../../pipeline/source/source.ts';
import { changed, loadText, tracker } from './load-weather.ts';
import { readMistakes } from './mistakes.ts';

async function load(text: string): Promise<CompiledSource> {
  const loaded = await loadText(text);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.source;
}

/** The first resource of `tracker`, with one text replaced. */
async function withChange(from: string, to: string): Promise<CompiledResource> {
  const [first] = (await load(changed(from, to, tracker))).resources;
  if (!first) throw new Error('the source has no resource');
  return first;
}

async function types(text: string): Promise<string[]> {
  return (await load(text)).resources.map(({ endpoint }) => endpoint.paginator.type);
}

const span = (months: number, days: number, ms: number): object => ({ months, days, ms });
const auth = '{ type: bearer, token: { secret: tracker-token } }';
const reference = (secret: string): object => ({ secret, store: 'parameter-store' });

describe('auth', () => {
  const token = {
    url: 'https://a.example.com/token',
    client_id: 'reports',
    client_in: 'body',
    scopes: [],
    data: {},
    token_path: '$.access_token',
    expires_in_path: '$.expires_in',
    lifetime_ms: 3_600_000,
  };
  const url = "access_token_url: 'https://a.example.com/token'";
  const cases: [string, object][] = [
    ['{ type: http_basic, username: { secret: key } }', { type: 'http_basic', username: reference('key') }],
    [
      '{ type: http_basic, username: me, password: { secret: pw, store: secrets-manager } }',
      { type: 'http_basic', username: 'me', password: { secret: 'pw', store: 'secrets-manager' } },
    ],
    [
      `{ type: oauth2_client_credentials, ${url}, client_id: reports, client_secret: { secret: cs } }`,
      { type: 'oauth2_client_credentials', token: { ...token, client_secret: reference('cs') } },
    ],
    [
      `{ type: oauth2_refresh_token, ${url}, client_id: { secret: id }, client_in: basic, scopes: [a, b], access_token_request_data: { audience: x }, access_token_path: $.t, expires_in_path: $.e, default_token_expiration: PT5M, refresh_token: { secret: rt } }`,
      {
        type: 'oauth2_refresh_token',
        token: {
          ...token,
          client_id: reference('id'),
          client_in: 'basic',
          scopes: ['a', 'b'],
          data: { audience: 'x' },
          token_path: '$.t',
          expires_in_path: '$.e',
          lifetime_ms: 300_000,
        },
        refresh_token: reference('rt'),
      },
    ],
    [
      '{ type: session_token, login: { path: /login, json: { user: { name: me }, keys: [{ secret: pw }] } }, token_path: $.token }',
      {
        type: 'session_token',
        login: {
          path: 'login',
          method: 'POST',
          headers: {},
          json: { user: { name: 'me' }, keys: [reference('pw')] },
        },
        token_path: '$.token',
        lifetime_ms: 3_600_000,
        name: 'Authorization',
        location: 'header',
        prefix: 'Bearer ',
      },
    ],
    [
      '{ type: session_token, login: { path: login, method: POST, form: { user: me, password: { secret: pw } } }, token_path: $.t, expires_in_path: $.e, lifetime: PT20M, name: X-Session }',
      {
        type: 'session_token',
        login: {
          path: 'login',
          method: 'POST',
          headers: {},
          form: { user: 'me', password: reference('pw') },
        },
        token_path: '$.t',
        expires_in_path: '$.e',
        lifetime_ms: 1_200_000,
        name: 'X-Session',
        location: 'header',
        prefix: '',
      },
    ],
    [
      '{ type: aws_sigv4, service: execute-api, region: eu-central-1 }',
      { type: 'aws_sigv4', service: 'execute-api', region: 'eu-central-1' },
    ],
  ];
  for (const [written, compiled] of cases) {
    it(`compiles ${written.slice(0, 70)}`, async () => {
      const source = await load(changed(auth, written, tracker));
      expect(source.client.auth).to.deep.equal(compiled);
    });
  }
});

describe('paginator', () => {
  const stops = { stop_on: 'no_next', maximum_pages: 10_000 } as const;
  const counted = { stop_on: 'empty_page', maximum_pages: 10_000 } as const;
  const cases: [string, Paginator][] = [
    ['single_page', { type: 'single_page' }],
    ['header_link', { type: 'header_link', rel: 'next', stops }],
    ['{ type: header_link, rel: more }', { type: 'header_link', rel: 'more', stops }],
    ['continue', { type: 'continue', path: '$.continue', stops }],
    [
      '{ type: json_link, next_url_path: $.next, stop_after: empty_page, has_more_path: $.more }',
      {
        type: 'json_link',
        path: '$.next',
        stops: { has_more_path: '$.more', stop_on: 'empty_page', maximum_pages: 10_000 },
      },
    ],
    ['page_number', { type: 'page_number', base_page: 1, send: { param: 'page' }, stops: counted }],
    [
      '{ type: page_number, base_page: 0, page_header: X-Page, page_size: 50, page_size_param: n, total_pages_path: $.pages, stop_after: short_page, maximum_pages: 7 }',
      {
        type: 'page_number',
        base_page: 0,
        send: { header: 'X-Page' },
        size: { value: 50, send: { param: 'n' } },
        stops: { total_pages_path: '$.pages', stop_on: 'short_page', maximum_pages: 7 },
      },
    ],
    [
      '{ type: offset, limit: 100 }',
      {
        type: 'offset',
        base_offset: 0,
        send: { param: 'offset' },
        size: { value: 100, send: { param: 'limit' } },
        stops: counted,
      },
    ],
    [
      '{ type: offset, base_offset: 1, offset_param: start, limit: 20, limit_param: null, total_path: $.total }',
      {
        type: 'offset',
        base_offset: 1,
        send: { param: 'start' },
        size: { value: 20 },
        stops: { total_path: '$.total', ...counted },
      },
    ],
    [
      '{ type: cursor, cursor_header: X-Next, cursor_send_header: X-After }',
      { type: 'cursor', from: { header: 'x-next' }, send: { header: 'X-After' }, stops },
    ],
    [
      '{ type: cursor, cursor_from_last: $.id, cursor_param: starting_after, page_size: 10 }',
      {
        type: 'cursor',
        from: { last_record: '$.id' },
        send: { param: 'starting_after' },
        size: { value: 10 },
        stops: counted,
      },
    ],
  ];
  for (const [written, compiled] of cases) {
    it(`compiles ${written.slice(0, 80)}`, async () => {
      const { endpoint } = await withChange('paginator: header_link', `paginator: ${written}`);
      expect(endpoint.paginator).to.deep.equal(compiled);
    });
  }

  it('is that of the endpoint, else of the defaults, else of the client', async () => {
    const text = changed(
      'client:\n',
      'client:\n  paginator: { type: json_link, next_url_path: $.n }\n',
      tracker,
    );
    const without = text.replace(', paginator: header_link', '');
    expect(await types(without)).to.deep.equal(['json_link', 'cursor']);
    const defaults = 'resource_defaults: { endpoint: { paginator: page_number } }\nresources:';
    expect(await types(changed('resources:', defaults, without))).to.deep.equal(['page_number', 'cursor']);
  });
});

describe('response_filters', () => {
  it('are those of the endpoint, then those of the client', async () => {
    const own =
      "response_filters: [{ status: 404, content_type: Text/HTML, body: { path: $.e, in: [1, '1'] }, header: { name: X-E, matches: ^a }, action: fail, message: gone }]";
    const { endpoint } = await withChange('paginator: header_link', own);
    expect(endpoint.response_filters).to.deep.equal([
      {
        status: [404],
        content_type: 'text/html',
        body: { path: '$.e', in: [1, '1'] },
        header: { name: 'x-e', matches: '^a' },
        action: 'fail',
        message: 'gone',
      },
      { status: [410], action: 'ignore' },
    ]);
  });
});

describe('response_format', () => {
  it('fills in the dialect of CSV, and names encodings as they are registered', async () => {
    const { endpoint } = await withChange(
      'paginator: header_link',
      'response_format: csv, charset: latin1, conditional: true',
    );
    expect(endpoint).to.deep.include({
      response: {
        format: 'csv',
        charset: 'windows-1252',
        csv: { delimiter: ',', quote: '"', header: 'first_line', skip_lines: 0 },
      },
      conditional: true,
    });
    const semicolons = "csv: { delimiter: ';', header: [id, title], skip_lines: 2, comment: '#' }";
    const other = await withChange('paginator: header_link', `response_format: csv, ${semicolons}`);
    expect(other.endpoint.response.csv).to.deep.equal({
      delimiter: ';',
      quote: '"',
      header: ['id', 'title'],
      skip_lines: 2,
      comment: '#',
    });
  });
});

describe('api_budget', () => {
  it('counts in milliseconds', async () => {
    const more =
      "policies: [{ limit: 5, per: PT1S, window: moving }], reserve: 0.2, weight: 'max(1, slices)', remaining_header: X-Left, reset_header: X-Reset";
    const source = await load(changed('policies: [{ limit: 600, per: PT1M }]', more, tracker));
    expect(source.client.api_budget).to.deep.equal({
      name: 'tracker',
      policies: [{ limit: 5, per_ms: 1000, window: 'moving' }],
      reserve: 0.2,
      weight: 'max(1, slices)',
      remaining_header: 'x-left',
      reset_header: 'x-reset',
    });
  });
});

describe('incremental', () => {
  const given = "cursor_path: $.updated_at, initial_value: '2024-01-01', bounds: half_open";
  const least = {
    cursor_path: '$.updated_at',
    cursor_type: 'time',
    cursor_unit: 'iso',
    initial_value: { at: '2024-01-01' },
    bounds: 'half_open',
    granularity: 1000,
    format: 'iso',
    delay_ms: 0,
    row_order: 'none',
    client_side: false,
    on_cursor_value_missing: 'raise',
  };
  const cases: [string, object][] = [
    [given, least],
    [
      `${given}, step: P1M, lookback_window: P1DT2H, delay: PT10M, api_retention: P90D, row_order: desc`,
      {
        ...least,
        step: span(1, 0, 0),
        lookback: span(0, 1, 7_200_000),
        delay_ms: 600_000,
        retention_ms: 7_776_000_000,
        row_order: 'desc',
      },
    ],
    [`${given}, format: date`, { ...least, format: 'date', granularity: 86_400_000 }],
    [`${given}, format: '%Y%m%d'`, { ...least, format: '%Y%m%d', granularity: 86_400_000 }],
    [`${given}, format: '%Y%m%d%H'`, { ...least, format: '%Y%m%d%H' }],
    [`${given}, cursor_unit: ms, format: ms`, { ...least, cursor_unit: 'ms', format: 'ms', granularity: 1 }],
    [`${given}, granularity: PT1M`, { ...least, granularity: 60_000 }],
    [
      'cursor_path: $.updated_at, initial_value: -P30D, bounds: inclusive',
      { ...least, initial_value: { before: span(0, 30, 0) }, bounds: 'inclusive' },
    ],
    [
      'cursor_path: $.n, cursor_type: number, initial_value: 0, end_value: 9, lookback_window: 5, bounds: exclusive_start',
      {
        ...least,
        cursor_path: '$.n',
        cursor_type: 'number',
        initial_value: { at: 0 },
        end_value: 9,
        lookback: 5,
        bounds: 'exclusive_start',
        granularity: 1,
      },
    ],
    [
      'cursor_path: $.n, cursor_type: text, initial_value: -P30D, bounds: inclusive',
      {
        ...least,
        cursor_path: '$.n',
        cursor_type: 'text',
        initial_value: { at: '-P30D' },
        bounds: 'inclusive',
        granularity: 1,
      },
    ],
  ];
  for (const [written, compiled] of cases) {
    it(`compiles ${written}`, async () => {
      const source = await load(changed(given, written, tracker));
      expect(source.resources[1]?.incremental).to.deep.equal(compiled);
    });
  }

  it('is nothing where the source does not speak of it', async () => {
    const source = await load(tracker);
    expect(source.resources[0]).to.not.have.any.keys('incremental', 'parent', 'group', 'once', 'every_ms');
    const once = await withChange('  - name: projects\n', '  - name: projects\n    every: once\n');
    expect(once).to.include({ once: true }).and.not.have.property('every_ms');
  });
});

describe('the compiled source', () => {
  it('is the same text for the same file, every time', async function () {
    this.timeout(30_000);
    const texts = [...readMistakes().values()].flat().map(({ from, to, base }) => changed(from, to, base));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(tracker, ...texts), async (text) => {
        const [first, second] = [await loadText(text), await loadText(`# a comment\n${text}`)];
        expect(second.ok).to.equal(first.ok);
        if (first.ok && second.ok) expect(sourceText(second.source)).to.equal(sourceText(first.source));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps nothing undefined: what is stored is what was compiled', async () => {
    const source = await load(tracker);
    expect(JSON.parse(sourceText(source))).to.deep.equal(source);
  });
});
