import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInit, type InitOptions } from '../../../deploy/commands/init.ts';
import { rejection } from '../../support/rejection.ts';

const answering = (body: string, head: ResponseInit = {}, seen: Request[] = []): typeof fetch =>
  (async (url: URL, request: RequestInit) => {
    seen.push(new Request(url, request));
    return new Response(body, head);
  }) as typeof fetch;

describe('catchwater init', () => {
  let folder: string;
  let out: string;
  let printed: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-init-'));
    out = join(folder, 'made.yaml');
    printed = '';
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const init = (target: string, more: Partial<InitOptions> = {}): Promise<number> => {
    const output = { write: (text: string) => void (printed += text) };
    return runInit({ target, out, stdout: output, stderr: output, ...more });
  };
  it('asks an API once and writes a file that works', async () => {
    const seen: Request[] = [];
    const send = answering('{"data":[{"id":1},{"id":2}]}', {}, seen);
    expect(
      await init('https://api.shop.example/v1/orders?key=s3cr3t', { fetch: send, headers: ['X-Plan: a'] }),
    ).to.equal(0);
    expect(seen.map(({ url, headers }) => [url, headers.get('x-plan')])).to.deep.equal([
      ['https://api.shop.example/v1/orders?key=s3cr3t', 'a'],
    ]);
    expect(readFileSync(out, 'utf8'))
      .to.contain('base_url: https://api.shop.example/v1/')
      .and.not.contain('s3cr3t');
    expect(printed)
      .to.match(/1 columns from 2 records.*catchwater secret set shop-key/s)
      .and.not.contain('s3cr3t');
  });

  it('prints one JSON document', async () => {
    const file = join(folder, 'answer.json');
    writeFileSync(file, '[{"id":1,"t":2.5}]');
    expect(await init(file, { json: true, name: 'mine' })).to.equal(0);
    expect(JSON.parse(printed)).to.include({
      schemaVersion: 1,
      file: out,
      source: 'mine',
      records: 1,
      columns: 2,
    });
  });

  it('reads NDJSON, and an OpenAPI file in YAML', async () => {
    const lines = join(folder, 'answer.ndjson');
    writeFileSync(lines, '{"id":1}\n{"id":2}\n');
    expect(await init(lines)).to.equal(0);
    const description = join(folder, 'api.yaml');
    writeFileSync(
      description,
      `openapi: 3.0.0
paths: { /a: { get: { responses: { '200': { content: { application/json: { schema: { type: array, items: { type: object, properties: { id: { type: integer } } } } } } } } } } }`,
    );
    expect(await init(description, { force: true })).to.equal(0);
    expect(readFileSync(out, 'utf8')).to.contain('path: a');
  });

  const faults: [string, (file: string) => Promise<number>, RegExp][] = [
    [
      'a file that is not there',
      () => init(join(folder, 'none.json')),
      /none\.json cannot be read: give an http/,
    ],
    ['no JSON', (file) => init(file), /answer\.json is no JSON/],
    [
      'no records',
      () => init('https://x.example/', { fetch: answering('"hello"') }),
      /neither an object nor a list/,
    ],
    [
      'a refusal',
      () => init('https://x.example/a?key=s3', { fetch: answering('no', { status: 401 }) }),
      /https:\/\/x\.example\/a answered 401: no$/,
    ],
    [
      'a header without a colon',
      () => init('https://x.example/', { headers: ['X-Token s3'] }),
      /is not written as 'Name: value'/,
    ],
  ];
  for (const [name, run, message] of faults) {
    it(`refuses ${name}, and writes nothing`, async () => {
      const file = join(folder, 'answer.json');
      writeFileSync(file, 'a,b\n1,2\n');
      expect((await rejection(run(file))).message).to.match(message);
      expect(() => readFileSync(out)).to.throw(/ENOENT/);
    });
  }

  it('does not write over a file that is there', async () => {
    writeFileSync(out, 'mine');
    const send = answering('[{"id":1}]');
    expect((await rejection(init('https://x.example/', { fetch: send }))).message).to.match(
      /is there already.*--out.*--force/,
    );
    expect(readFileSync(out, 'utf8')).to.equal('mine');
  });
});
