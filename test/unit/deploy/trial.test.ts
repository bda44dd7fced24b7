import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPreview } from '../../../deploy/commands/preview.ts';
import { runRecord } from '../../../deploy/commands/record.ts';
import { runTest } from '../../../deploy/commands/test-source.ts';

const key = 'k3y-of-the-test';

/** Two pages of stations behind a key, and a current value for each of them. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('content-type', 'application/json');
  if (url.searchParams.get('key') !== key) {
    response.writeHead(401).end('{"message":"no key"}');
  } else if (url.pathname === '/stations') {
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = page === 1 ? `/stations?page=2` : null;
    response.end(
      JSON.stringify({
        next,
        data: [
          { id: page * 2, height: 1.5 },
          { id: page * 2 + 1, height: 'tall' },
        ],
      }),
    );
  } else {
    response.end(
      JSON.stringify({
        id: url.pathname.slice(5),
        temp: 7,
        echo: `with ${key}`,
        surprise: true,
        probes: [{ depth: 1 }, { depth: 2 }],
      }),
    );
  }
}

const source = (address: string): string => `
version: 1
name: stations
client:
  base_url: ${address}
  auth: { type: api_key, name: key, location: query, api_key: { secret: test-key } }
resources:
  - name: stations
    endpoint: { path: stations, paginator: { type: json_link, next_url_path: $.next } }
    data_selector: $.data
    columns: { id: bigint, height: double, depth: double }
    primary_key: id
    partition_by: none
  - name: current
    for_each: { station: [a, b, c, d] }
    endpoint: { path: 'now/{station}' }
    shape: object
    columns: { station: { type: string, value: '{station}' }, temp: { type: double, max: 5, on_fail: warn }, echo: string }
    primary_key: station
    partition_by: none
    delete_when: station = 'b'
    child_tables:
      - { name: probes, records: $.probes, columns: { depth: double }, partition_by: none }
`;

describe('a source tried without AWS', () => {
  let server: Server;
  let folder: string;
  let sourcePath: string;
  let printed: string;

  beforeEach(async () => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    folder = mkdtempSync(join(tmpdir(), 'catchwater-trial-'));
    sourcePath = join(folder, 'stations.yaml');
    writeFileSync(sourcePath, source(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    printed = '';
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const output = { write: (text: string) => void (printed += text) };
  const common = { stdout: output, stderr: output, environment: { TEST_KEY: key } };
  const preview = (more: object = {}): Promise<number> =>
    runPreview({ sourcePath, pages: 5, slices: 2, rows: 5, json: false, ...common, ...more });
  const record = (): Promise<number> =>
    runRecord({ sourcePath, pages: 5, slices: 2, json: false, ...common });
  const test = (more: object = {}): Promise<number> =>
    runTest({ sourcePath, update: false, json: false, ...common, ...more });

  it('shows requests, answers, rows, types, quarantine and warnings that teach', async () => {
    expect(await preview(), printed).to.equal(0);
    expect(printed).to.match(/page 2: GET http:\/\/127.*stations\?page=2&key=\*\*\* → 200, 2 records/);
    expect(printed).to.match(/cast: 2 rows, such as height: tall/);
    expect(printed).to.match(/2 rows, 0 filtered, 2 to quarantine/);
    expect(printed).to.match(/! always null: depth/);
    expect(printed).to.match(/! no column names id, surprise: kept in _extra/);
    expect(printed).to.match(/… more would follow/);
    expect(printed).to.match(/1 row, 1 that remove their key, 0 filtered/);
    expect(printed).to.match(/warn above_max temp: 1 row/);
    expect(printed).to.match(/table probes\n {2}4 rows/);
    expect(printed).not.to.contain(key);
  });

  it('prints one JSON document, of the resources that are asked for', async () => {
    expect(await preview({ json: true, resources: ['stations'] })).to.equal(0);
    const { resources } = JSON.parse(printed) as { resources: { tables: object[] }[] };
    expect(resources).to.have.length(1);
    expect(resources[0]).to.include({ resource: 'stations', cutShort: false });
    expect(resources[0]?.tables[0]).to.deep.include({ table: 'stations', rows: 2, quarantined: { cast: 2 } });
  });

  it('names the environment variable of a secret that is missing, and fails', async () => {
    expect(await preview({ environment: {} })).to.equal(1);
    expect(printed).to.match(
      /failed: the secret 'test-key' is not there: set the environment variable TEST_KEY/,
    );
  });

  it('stops where it is told to', async () => {
    expect(await preview({ pages: 1, resources: ['stations'] })).to.equal(0);
    expect(printed)
      .to.match(/page 1/)
      .and.not.match(/page 2/);
    expect(printed).to.match(/1 row, 0 filtered, 1 to quarantine/);
  });

  it('shows the first listing of a source with reconcile like any window, also as far as it goes', async () => {
    const text = readFileSync(sourcePath, 'utf8');
    const reconcile = 'reconcile: { every: P7D, delete_missing: true }';
    writeFileSync(
      sourcePath,
      text.replace('    primary_key: id\n', `    primary_key: id\n    ${reconcile}\n`),
    );
    expect(await preview({ resources: ['stations'] }), printed).to.equal(0);
    expect(printed).to.match(/2 rows, 0 filtered, 2 to quarantine/);
    printed = '';
    expect(await preview({ pages: 1, resources: ['stations'] })).to.equal(0);
    expect(printed).to.match(/1 row, 0 filtered, 1 to quarantine/);
  });

  it('records answers without secrets, and runs against them with the API gone', async () => {
    expect(await record(), printed).to.equal(0);
    const fixture = readFileSync(join(folder, 'fixtures/stations/current.json'), 'utf8');
    expect(fixture).to.contain('key=***').and.not.contain(key);
    server.closeAllConnections();
    server.close();
    expect(await test(), printed).to.equal(0);
    expect(printed).to.match(/ok {6}current: 5 rows/);
  });

  it('says which row and column come out otherwise, and takes that over when told to', async () => {
    await record();
    const file = join(folder, 'fixtures/stations/current.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('\\"temp\\":7', '\\"temp\\":8'));
    expect(await test()).to.equal(1);
    expect(printed).to.match(/differs current\n {2}current: row 1, temp: "8.0" instead of "7.0"/);
    expect(await test({ update: true })).to.equal(0);
    expect(await test()).to.equal(0);
  });

  it('says that a request has changed since it was recorded', async () => {
    await record();
    writeFileSync(sourcePath, readFileSync(sourcePath, 'utf8').replace('path: stations', 'path: stations2'));
    expect(await test()).to.equal(1);
    expect(printed).to.match(/no answer was recorded for GET .*stations2/);
  });

  it('refuses to test what was never recorded', async () => {
    const error = await test().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).to.match(/no recorded answers in .*; catchwater record/);
  });
});
