/** `catchwater local --source`: a source file of the user's, against the API that it names. */
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSampleApi, type SampleApi } from '../../local/sample-api/start-sample-api.ts';
import { leftovers } from '../support/leftovers.ts';
import { projectRoot, runCli } from '../support/run-cli.ts';

interface Document {
  rows: number;
  scheduledAt: string;
  receipt: { balanced: boolean };
}

describe("catchwater local with a user's own source", function () {
  this.timeout(240_000);
  let folder: string;
  let api: SampleApi;

  const local = (environment: Record<string, string>, ...flags: string[]) =>
    runCli(['local', '--source', 'mine.yaml', '--once', '--json', ...flags], { cwd: folder, environment });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-own-'));
    api = await startSampleApi();
    const text = readFileSync(join(projectRoot, 'sources/weatherapi.yaml'), 'utf8');
    writeFileSync(join(folder, 'mine.yaml'), text.replace(/base_url: .*/, `base_url: ${api.url}/v1/`));
  });

  after(async () => {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(async () => expect(await leftovers(folder)).to.deep.equal([]));

  it('asks for the secret that it names', async () => {
    const { code, stdout, stderr } = await local({});
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).to.have.nested.property('error.exitCode', 2);
    expect(stderr).to.include('WEATHERAPI_KEY');
  });

  it('refuses a wrong parameter before anything is made', async () => {
    const { code, stderr } = await local({ WEATHERAPI_KEY: 'a-key' }, '--cadence', 'rate(1 minutes)');
    expect(code).to.equal(2);
    expect(stderr).to.include('Cadence');
  });

  it('fetches with the secret from the environment; what the API served is what the table holds', async () => {
    const { code, stdout, stderr } = await local({ WEATHERAPI_KEY: 'a-key' });
    expect(code, stderr).to.equal(0);
    const { rows, receipt } = JSON.parse(stdout) as Document;
    expect(receipt.balanced).to.equal(true);
    expect(rows).to.be.greaterThan(0).and.to.equal(api.served().distinct);
  });

  it('shows the last load again while nothing is due, and asks the API for nothing', async () => {
    const { requests } = api.served();
    const { code, stdout, stderr } = await local({});
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include('nothing is due before');
    expect((JSON.parse(stdout) as Document).rows).to.equal(api.served().distinct);
    expect(api.served().requests).to.equal(requests);
  });
});
