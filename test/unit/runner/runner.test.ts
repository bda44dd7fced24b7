import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checker } from '../../runner/run-checker.ts';
import { mocha } from '../../runner/run-mocha.ts';
import { readCounts } from '../../runner/run-pytest.ts';

describe('the test runner', function () {
  this.timeout(15_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-runner-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const cases: [string, string, object, RegExp][] = [
    [
      'counts what passed, failed and was skipped, and shows the difference',
      `it('a', () => {}); it('b'); it('c', () => { throw Object.assign(new Error('no'), { actual: { x: 1 }, expected: { x: 2 } }); });`,
      { passed: 1, failed: 1, skipped: 1 },
      /^c\n.*Error: no.*\+ {2}"x": 2/s,
    ],
    ['fails a file without tests', '', { passed: 0, failed: 1, skipped: 0 }, /^found no test/],
    [
      'fails a file that ends the process',
      `it('a', () => {}); it('b', () => { console.log('last words'); process.exit(0); });`,
      { passed: 0, failed: 1, skipped: 0 },
      /^ended before its tests did \(exit code 0\)\n.*last words/s,
    ],
    [
      'fails a file that does not load',
      `throw new Error('broken');`,
      { passed: 0, failed: 1, skipped: 0 },
      /broken/,
    ],
    [
      'refuses a test that shuts out the others',
      `it.only('a', () => {});`,
      { passed: 0, failed: 1, skipped: 0 },
      /only/,
    ],
    [
      'fails tests that keep the process alive',
      `it('a', () => { setInterval(() => 0, 1000); });`,
      { passed: 1, failed: 1, skipped: 0 },
      /keeps the process alive/,
    ],
  ];
  for (const [name, text, outcome, failure] of cases) {
    it(name, async () => {
      const file = join(folder, 'sample.test.mjs');
      writeFileSync(file, text);
      const failures: string[] = [];
      const suite = mocha('sample', { files: [file], seconds: 2, minutes: 1, endsWithinMs: 200 });
      expect(await suite.run((text_) => failures.push(text_))).to.deep.equal(outcome);
      expect(failures).to.have.length(1);
      expect(failures[0]).to.match(failure);
    });
  }

  it('counts a checker as one, and prints what a failing one says', async () => {
    const failures: string[] = [];
    const run = (script: string) =>
      checker('sample', process.execPath, ['-e', script]).run((text) => failures.push(text));
    expect(await run('')).to.deep.equal({ passed: 1, failed: 0, skipped: 0 });
    expect(failures).to.deep.equal([]);
    expect(await run(`console.log('line 3 is wrong'); process.exitCode = 2`)).to.deep.equal({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
    expect(failures[0]).to.match(/\(exit code 2\)\nline 3 is wrong$/);
  });

  it('fails a program that is not there', async () => {
    const failures: string[] = [];
    const outcome = await checker('sample', '/no/such/program', []).run((text) => failures.push(text));
    expect(outcome.failed).to.equal(1);
    expect(failures[0]).to.include('ENOENT');
  });

  it("reads pytest's counts", () => {
    const suite = '<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1.2">';
    expect(readCounts(`<?xml version="1.0"?><testsuites>${suite}</testsuite></testsuites>`)).to.deep.equal({
      passed: 4,
      failed: 3,
      skipped: 3,
    });
  });
});
