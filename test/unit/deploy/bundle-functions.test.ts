import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../../../deploy/bundle-functions.ts';

const environment = {
  ARTIFACT_BUCKET: 'a',
  SOURCE_KEY: 's',
  STAGING_BUCKET: 'b',
  LEDGER_TABLE: 'l',
  BUDGET_TABLE: 'l',
  CURATED_BUCKET: 'c',
  GLUE_JOB: 'j',
  GLUE_DATABASE: 'd',
  BATCH_WINDOW_MINUTES: '0',
  BATCH_BYTES: '1',
  AWS_REGION: 'eu-central-1',
};

describe('bundleFunction', function () {
  this.timeout(20_000);
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'catchwater-bundle-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('keeps the fetch function below 600 KB', async () => {
    expect((await bundleFunction('fetch')).length).to.be.lessThan(600_000);
  });

  for (const name of ['fetch', 'dispatch'] as const) {
    it(`makes one file of ${name} that loads by itself`, async () => {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, await bundleFunction(name));
      const script = `const { handler } = await import(${JSON.stringify(file)}); process.stdout.write(typeof handler);`;
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      });
      expect(stdout, stderr).to.equal('function');
    });
  }
});
