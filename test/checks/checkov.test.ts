import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const checkov = join(root, '.catchwater/python/checks/bin/checkov');
const lines = readFileSync(join(import.meta.dirname, 'checkov.yaml'), 'utf8').matchAll(
  /^ {2}- (\w+)(?: # (.*))?$/gm,
);
const skipped = [...lines].map(([, id = '', reason = '']) => ({ id, reason }));

interface Report {
  results: { failed_checks: { check_id: string }[] };
}

describe('what checkov is told to skip', () => {
  it('has a reason each', () => {
    expect(skipped).to.have.length.above(0);
    for (const { id, reason } of skipped) expect(reason, id).to.match(/^[A-Z].{30,}\.$/);
  });

  it('is all still needed', async function () {
    this.timeout(120_000);
    // The set-up for tests makes this environment; `npm test` always has it.
    if (!existsSync(checkov)) this.skip();
    const quiet = [
      '--framework',
      'cloudformation',
      '--skip-download',
      '--compact',
      '--soft-fail',
      '--output',
      'json',
    ];
    const only = ['--check', skipped.map(({ id }) => id).join(',')];
    const { stdout } = await promisify(execFile)(
      checkov,
      [...quiet, ...only, '--directory', join(root, 'cloudformation')],
      { maxBuffer: 2 ** 26 },
    );
    const { results } = JSON.parse(stdout) as Report;
    const failing = new Set(results.failed_checks.map(({ check_id }) => check_id));
    expect(skipped.map(({ id }) => id).filter((id) => !failing.has(id))).to.deep.equal([]);
  });
});
