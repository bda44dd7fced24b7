import { expect } from 'chai';
import { stringify } from 'yaml';
import { convertConfig } from '../../../pipeline/dlt/convert-config.ts';
import { loadSource } from '../../../pipeline/source/load-source.ts';
import { formatProblems } from '../../../pipeline/source/problem.ts';

const withResource = (resource: object, client: object = {}) =>
  convertConfig(
    { client: { base_url: 'https://api.example.com/', ...client }, resources: [resource] },
    'mine',
  );
const resourceOf = (resource: object, client: object = {}): Record<string, unknown> =>
  (withResource(resource, client).source['resources'] as Record<string, unknown>[])[0] ?? {};
const endpointOf = (endpoint: object): Record<string, unknown> =>
  resourceOf({ name: 'a', endpoint: { path: 'a', ...endpoint } })['endpoint'] as Record<string, unknown>;
const notesOf = (resource: object, client: object = {}): string[] =>
  withResource(resource, client).notes.map(({ path }) => path);

describe('convertConfig', () => {
  const paginators: [unknown, unknown][] = [
    ['single_page', 'single_page'],
    ['header_link', 'header_link'],
    [
      { type: 'header_link', links_next_key: 'more' },
      { type: 'header_link', rel: 'more' },
    ],
    [
      { type: 'json_link', next_url_path: 'paging.next' },
      { type: 'json_link', next_url_path: '$.paging.next' },
    ],
    [
      { type: 'header_cursor', cursor_key: 'X-Next', cursor_param: 'after' },
      { type: 'cursor', cursor_header: 'X-Next', cursor_param: 'after' },
    ],
    [
      { type: 'cursor', cursor_path: 'meta.next', cursor_param: 'c' },
      { type: 'cursor', cursor_path: '$.meta.next', cursor_param: 'c' },
    ],
    [
      { type: 'cursor', cursor_path: 'next', cursor_body_path: 'page.token' },
      { type: 'cursor', cursor_path: '$.next', cursor_body_path: '$.page.token' },
    ],
    [
      { type: 'offset', limit: 50, total_path: 'total' },
      { type: 'offset', limit: 50, total_path: '$.total' },
    ],
    [
      { type: 'offset', limit: 50, offset: 1, offset_param: 'start', limit_param: 'n' },
      {
        type: 'offset',
        base_offset: 1,
        limit: 50,
        offset_param: 'start',
        limit_param: 'n',
        stop_after: 'empty_page',
      },
    ],
    [
      { type: 'page_number', base_page: 1, page_param: 'p', total_path: 'pages' },
      { type: 'page_number', base_page: 1, page_param: 'p', total_pages_path: '$.pages' },
    ],
    ['page_number', { type: 'page_number', base_page: 0, stop_after: 'empty_page' }],
    ['auto', undefined],
  ];
  for (const [given, expected] of paginators) {
    it(`carries over the paginator ${JSON.stringify(given)}`, () =>
      expect(endpointOf({ paginator: given })['paginator']).to.deep.equal(expected));
  }

  const auths: [unknown, unknown][] = [
    [{ token: 'abc' }, { type: 'bearer', token: { secret: 'mine-token' } }],
    [
      { type: 'api_key', name: 'key', api_key: 'abc', location: 'query' },
      { type: 'api_key', name: 'key', location: 'query', api_key: { secret: 'mine-key' } },
    ],
    [
      { type: 'http_basic', username: 'me', password: 'abc' },
      { type: 'http_basic', username: 'me', password: { secret: 'mine-password' } },
    ],
    [
      {
        type: 'oauth2_client_credentials',
        access_token_url: 'https://x.example/t',
        client_id: 'i',
        client_secret: 'abc',
        default_token_expiration: 60,
      },
      {
        type: 'oauth2_client_credentials',
        access_token_url: 'https://x.example/t',
        client_id: 'i',
        client_secret: { secret: 'mine-client-secret' },
        default_token_expiration: 'PT60S',
      },
    ],
  ];
  for (const [auth, expected] of auths) {
    it(`names the secret of ${JSON.stringify(auth)}`, () => {
      const { source, notes } = withResource({ name: 'a' }, { auth });
      expect((source['client'] as Record<string, unknown>)['auth']).to.deep.equal(expected);
      expect(JSON.stringify(source)).not.to.contain('abc');
      expect(notes.some(({ reason }) => reason.includes('catchwater secret set mine-'))).to.equal(true);
    });
  }

  it('keeps the table that a resource shares', () => {
    expect(resourceOf({ name: 'b', table_name: 'All Posts', endpoint: 'b' })).to.include({
      table_name: 'all_posts',
    });
    expect(resourceOf({ name: 'b', endpoint: 'b' })).to.not.have.property('table_name');
  });

  it('turns parents into for_each, whichever way they are written', () => {
    const byTemplate = resourceOf({ name: 'b', endpoint: { path: 'posts/{resources.posts.user.id}/b' } });
    expect(byTemplate['for_each']).to.deep.equal({
      posts: { resource: 'posts', fields: { user_id: '$.user.id' } },
    });
    expect(byTemplate['endpoint']).to.deep.equal({ path: 'posts/{posts.user_id}/b' });
    const resolved = { type: 'resolve', resource: 'posts', field: 'id' };
    const byParam = resourceOf({
      name: 'b',
      endpoint: { path: 'posts/{post_id}/b', params: { post_id: resolved, other: resolved } },
      include_from_parent: ['title'],
    });
    expect(byParam['for_each']).to.deep.equal({
      posts: { resource: 'posts', fields: { id: '$.id', title: '$.title' } },
    });
    expect(byParam['endpoint']).to.deep.equal({
      path: 'posts/{posts.id}/b',
      params: { other: '{posts.id}' },
    });
    expect(byParam['columns']).to.deep.equal({ posts_title: { type: 'string', value: '{posts.title}' } });
  });

  it('turns both forms of incremental into one', () => {
    const args = {
      cursor_path: 'updated_at',
      initial_value: '2024-01-01T00:00:00Z',
      lag: 3600,
      row_order: 'asc',
    };
    const expected = {
      cursor_path: '$.updated_at',
      initial_value: '2024-01-01T00:00:00Z',
      lookback_window: 'PT3600S',
      bounds: 'half_open',
      row_order: 'asc',
    };
    const old = resourceOf({
      name: 'a',
      endpoint: { path: 'a', params: { since: { type: 'incremental', ...args } } },
    });
    expect(old['incremental']).to.deep.equal(expected);
    expect(old['endpoint']).to.deep.equal({ path: 'a', params: { since: '{incremental.start_value}' } });
    const now = resourceOf({
      name: 'a',
      endpoint: { path: 'a', incremental: { start_param: 'since', end_param: 'until', ...args } },
    });
    expect(now['incremental']).to.deep.equal(expected);
    expect(now['endpoint']).to.deep.equal({
      path: 'a',
      params: { since: '{incremental.start_value}', until: '{incremental.end_value}' },
    });
  });

  const lost: [string, object, string][] = [
    [
      'an action in Python',
      { name: 'a', endpoint: { path: 'a', response_actions: ['my_function'] } },
      'resources[0].endpoint.response_actions[0]',
    ],
    [
      'processing steps',
      { name: 'a', processing_steps: [{ filter: 'lambda' }] },
      'resources[0].processing_steps',
    ],
    [
      'paging found at run time',
      { name: 'a', endpoint: { path: 'a', paginator: 'auto' } },
      'resources[0].endpoint.paginator',
    ],
    [
      'a cap that cuts short',
      { name: 'a', endpoint: { path: 'a', paginator: { type: 'offset', limit: 1, maximum_offset: 9 } } },
      'resources[0].endpoint.paginator.maximum_offset',
    ],
    [
      'a selector of several values',
      { name: 'a', endpoint: { path: 'a', data_selector: 'a[*].b[*]' } },
      'resources[0].endpoint.data_selector',
    ],
    ['replace', { name: 'a', write_disposition: 'replace' }, 'resources[0].write_disposition'],
    ['a key nobody knows', { name: 'a', surprise: 1 }, 'resources[0].surprise'],
  ];
  for (const [name, resource, path] of lost) {
    it(`says that it could not carry over ${name}`, () => expect(notesOf(resource)).to.include(path));
  }

  it('writes a file that loads, from a configuration as it stands in the field', async () => {
    const { source } = convertConfig(
      {
        client: {
          base_url: 'https://api.github.com/repos/dlt-hub/dlt/',
          auth: { token: 's3cr3t' },
          paginator: 'header_link',
        },
        resource_defaults: {
          primary_key: 'id',
          write_disposition: 'merge',
          endpoint: { params: { per_page: 100 } },
        },
        resources: [
          {
            name: 'issues',
            endpoint: {
              path: 'issues',
              params: { sort: 'updated', since: '{incremental.start_value}' },
              incremental: { cursor_path: 'updated_at', initial_value: '2024-01-25T11:21:28Z' },
            },
            columns: { id: { data_type: 'bigint' }, updated_at: { data_type: 'timestamp' } },
          },
          {
            name: 'issue_comments',
            endpoint: { path: 'issues/{resources.issues.number}/comments' },
            include_from_parent: ['id'],
          },
          'labels',
        ],
      },
      'github',
    );
    const now = new Date('2026-11-21T00:00:00Z');
    const loaded = await loadSource({
      name: 'github.yaml',
      text: stringify(source),
      readFile: async () => undefined,
      now,
    });
    expect(loaded.ok, loaded.ok ? '' : formatProblems(loaded.problems)).to.equal(true);
  });

  it('refuses what is no configuration of rest_api', () => {
    for (const config of [null, [], {}, { client: {} }, { resources: [] }]) {
      expect(() => convertConfig(config, 'a')).to.throw(/no configuration of dlt's rest_api/);
    }
  });
});
