import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { draftSource } from '../../../pipeline/guess/draft-source.ts';
import { writeDraft } from '../../../pipeline/guess/write-draft.ts';
import { loadSource } from '../../../pipeline/source/load-source.ts';
import { formatProblems } from '../../../pipeline/source/problem.ts';

const url = new URL('https://api.example.com/v2/things');
const draft = (body: unknown, headers: Record<string, string> = {}, address = url) =>
  draftSource({ url: address, headers, body });
const row = (id: number, more: object = {}): object => ({ id, name: `n${id}`, ...more });

async function load(text: string): Promise<string> {
  const now = new Date('2026-11-21T00:00:00Z');
  const loaded = await loadSource({ name: 'drafted.yaml', text, readFile: async () => undefined, now });
  return loaded.ok ? formatProblems(loaded.warnings) : formatProblems(loaded.problems);
}

describe('draftSource', () => {
  const places: [string, unknown, string, string, number][] = [
    ['a list', [row(1), row(2)], '$', 'list', 2],
    ['a list in the body', { meta: { tags: [row(9)] }, data: [row(1), row(2)] }, '$.data', 'list', 2],
    ['lists side by side', { lat: 1, hourly: { time: [1, 2, 3], t: [4, 5, 6] } }, '$.hourly', 'columns', 3],
    ['one object', { location: { name: 'Oslo' }, current: { temp_c: 4.5 } }, '$', 'object', 1],
    ['no JSON-LD words', { '@context': [{ a: 1 }, { a: 2 }], features: [row(1)] }, '$.features', 'list', 1],
    [
      'a map',
      { rates: { a: { x: 1 }, b: { x: 2 }, c: { x: 3 }, d: { x: 4 }, e: { x: 5 } } },
      '$.rates',
      'map',
      5,
    ],
  ];
  for (const [name, body, path, shape, records] of places) {
    it(`finds the records of ${name}`, () => {
      const { selector, ...drafted } = draft(body);
      expect({ path: selector.path, shape: selector.shape }).to.deep.equal({ path, shape });
      expect(drafted.records).to.equal(records);
    });
  }

  const types: [string, unknown[], string][] = [
    ['id', [1, 2], 'bigint'],
    ['temperature', [1, 2], 'double'],
    ['temperature', [1.5, 2], 'double'],
    ['active', [true, null], 'boolean'],
    ['day', ['2026-11-21', null], 'date'],
    ['time', ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00+02:00'], 'timestamp'],
    ['time', ['2026-11-21T10:00', '2026-11-21 11:00'], 'timestamp UTC'],
    ['time', [1_790_000_000, 1_790_003_600], 'timestamp s'],
    ['updated_at', [1_790_000_000_000], 'timestamp ms'],
    ['amount', [1_790_000_000], 'bigint'],
    ['note', ['1', 2], 'varchar'],
    ['note', [null], 'varchar'],
    ['zip', ['01234'], 'varchar'],
    ['time', ['soon'], 'varchar'],
  ];
  for (const [name, values, expected] of types) {
    it(`takes ${name} ${JSON.stringify(values)} for ${expected}`, () => {
      const [column] = draft(values.map((value) => ({ [name]: value }))).columns;
      expect([column?.type, column?.unit ?? column?.timezone].filter(Boolean).join(' ')).to.equal(expected);
    });
  }

  it('takes objects apart, leaves lists, and keeps names apart', () => {
    const record = {
      userId: 1,
      user: { id: 2, 'E-Mail': 'a' },
      'us-epa-index': 3,
      properties: { mag: 1.5 },
      tags: ['x'],
    };
    const { columns, lists } = draft([record]);
    expect(columns.map(({ name, from }) => [name, from ?? null])).to.deep.equal([
      ['user_id', '$.userId'],
      ['user_id_2', '$.user.id'],
      ['user_e_mail', '$.user.E-Mail'],
      ['us_epa_index', '$.us-epa-index'],
      ['mag', '$.properties.mag'],
    ]);
    expect(lists).to.deep.equal(['$.tags']);
  });

  const pages: [string, unknown, Record<string, string>, object | undefined][] = [
    [
      'a Link header',
      [row(1)],
      { link: '<https://api.example.com/v2/things?page=2>; rel="next"' },
      { type: 'header_link' },
    ],
    [
      'a next address',
      { next: 'https://api.example.com/v2/things?page=2', results: [row(1)] },
      {},
      { type: 'json_link', next_url_path: '$.next' },
    ],
    ['a last page', { next: null, results: [row(1)] }, {}, undefined],
    [
      'a token',
      { items: [row(1)], nextPageToken: 'abc' },
      {},
      { type: 'cursor', cursor_path: '$.nextPageToken', cursor_param: 'pageToken' },
    ],
    [
      'all of continue',
      { continue: { rccontinue: '1|2', continue: '-||' }, query: { recentchanges: [row(1)] } },
      {},
      { type: 'continue', continue_path: '$.continue' },
    ],
    [
      'the last id',
      { has_more: true, data: [row(1)] },
      {},
      {
        type: 'cursor',
        cursor_from_last: '$.id',
        cursor_param: 'starting_after',
        has_more_path: '$.has_more',
      },
    ],
    [
      'an offset',
      { offset: 0, limit: 20, total: 70, items: [row(1)] },
      {},
      { type: 'offset', limit: 20, total_path: '$.total' },
    ],
    [
      'a page number',
      { page: 1, total_pages: 7, items: [row(1)] },
      {},
      { type: 'page_number', total_pages_path: '$.total_pages' },
    ],
  ];
  for (const [name, body, headers, paginator] of pages) {
    it(`sees pages by ${name}`, () =>
      expect(draft(body, headers).paging?.paginator).to.deep.equal(paginator));
  }

  it('names a key, and writes its value nowhere', () => {
    const address = new URL('https://api.weather.example/v1/now.json?q=Oslo&key=s3cr3t-value');
    const text = writeDraft(
      draftSource(
        { url: address, headers: {}, body: [row(1), row(2)] },
        { headers: { 'X-Token': 's3cr3t-two' } },
      ),
    );
    expect(text).to.contain(
      'auth: { type: api_key, name: key, location: query, api_key: { secret: weather-key } }',
    );
    expect(text)
      .to.contain('q: Oslo')
      .and.not.match(/s3cr3t/);
    const bearer = draftSource(
      { url, headers: {}, body: [row(1)] },
      { headers: { Authorization: 'Bearer s3cr3t' } },
    );
    expect(bearer.auth).to.deep.equal({ type: 'bearer', secret: 'example-key' });
  });

  const hosts: [string, string][] = [
    ['api.open-meteo.com', 'open-meteo'],
    ['api.met.no', 'met'],
    ['data.bbc.co.uk', 'bbc'],
    ['127.0.0.1', 'source'],
    ['localhost', 'source'],
  ];
  for (const [host, name] of hosts) {
    it(`names what comes from ${host}`, () =>
      expect(draft([row(1)], {}, new URL(`http://${host}/`)).name).to.equal(name));
  }

  const bodies: [string, unknown][] = [
    [
      'entities',
      [row(1, { created_at: '2026-01-01T00:00:00Z' }), row(2, { created_at: '2026-01-02T00:00:00Z' })],
    ],
    [
      'entities that move',
      [row(1, { updated_at: '2026-01-01T00:00:00Z' }), row(2, { updated_at: '2026-01-02T00:00:00Z' })],
    ],
    ['a series', { hourly: { time: ['2026-01-01T00:00', '2026-01-01T01:00'], t: [1, 2] } }],
    [
      'several series',
      ['a', 'b'].flatMap((station) =>
        [1, 2].map((hour) => ({ station, time: `2026-01-01T0${hour}:00:00Z` })),
      ),
    ],
    ['a snapshot', { temp: 4.5, wind: { speed: 3 } }],
    ['nothing that tells rows apart', [{ a: 1.5 }, { a: 1.5 }]],
    ['odd names', [{ '{b}': 1, "it's": 'x', '': 2, 'a.b': 3, größe: 4, true: true, id: 'a: b # c' }]],
    ['braces in the request', [row(1)]],
  ];
  for (const [name, body] of bodies) {
    it(`writes a file that loads without a word: ${name}`, async () => {
      const address = new URL('https://api.example.com/things?filter={"a":1}');
      const text = writeDraft(draft(body, {}, address));
      expect(await load(text), text).to.equal('');
    });
  }

  it('writes a file that loads for every recorded answer', async () => {
    const folder = join(import.meta.dirname, '../../samples');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.json') && !/\.http\.json$|error|problem/.test(name),
    );
    expect(files).to.have.length.greaterThan(5);
    for (const file of files) {
      const body: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      if (typeof body !== 'object' || draft(body).columns.length === 0) continue;
      const text = writeDraft(draft(body));
      expect(await load(text), `${file}\n${text}`).to.equal('');
    }
  });
});
