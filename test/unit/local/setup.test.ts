import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const lists = [
  'local/uv',
  'local/aws/requirements',
  'glue/requirements',
  'glue/java',
  'glue/build',
  'glue/wheels',
];

describe('the set-up', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-setup-'));
    // Without a package-lock.json it takes itself for an installed package: it makes Python environments only.
    for (const file of ['setup.mjs', ...lists.map((list) => `${list}.txt`)]) {
      mkdirSync(dirname(join(folder, 'package', file)), { recursive: true });
      cpSync(join(root, file), join(folder, 'package', file));
    }
    mkdirSync(join(folder, 'user'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const setUp = (environment: Record<string, string>, ...flags: string[]) =>
    spawnSync(process.execPath, [join(folder, 'package/setup.mjs'), ...flags], {
      cwd: join(folder, 'user'),
      env: environment,
      encoding: 'utf8',
    });

  const troubles: [string, Record<string, string>, RegExp][] = [
    [
      'there is no Python',
      { PATH: '/nowhere' },
      /There is no Python 3.8 or newer here.*apt-get install python3/s,
    ],
    [
      'PYTHON names none',
      { PATH: '/nowhere', PYTHON: '/no/python' },
      /PYTHON is \/no\/python, which is no Python/,
    ],
  ];
  for (const [name, environment, message] of troubles) {
    it(`says what to do when ${name}, and leaves no lock`, () => {
      const { status, stderr, stdout } = setUp(environment);
      expect(status).to.equal(1);
      expect(stderr).to.match(message);
      expect(stdout).to.equal('');
      expect(existsSync(join(folder, 'user/.catchwater/setup.lock'))).to.equal(false);
    });
  }

  it('says so when Python has neither venv nor pip', () => {
    const python = join(folder, 'python');
    const answer = `case "$*" in -c*) echo "3 12 ${python}";; *) exit 1;; esac`;
    writeFileSync(python, `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    const { status, stderr } = setUp({ PATH: '/usr/bin:/bin', PYTHON: python });
    expect(status).to.equal(1);
    expect(stderr).to.match(/has neither venv nor pip.*python3-venv/s);
  });

  it('asks nothing of Python where only the tools are wanted', () => {
    expect(setUp({ PATH: '/nowhere' }, '--tools')).to.include({ status: 0, stderr: '' });
  });
});

describe('the lists of Python packages', () => {
  for (const list of [...lists, 'test/requirements', 'test/pytest', 'bench/peers/dlt', 'bench/peers/tap']) {
    it(`${list}.txt pins every package of ${list}.in, with hashes, and names no index`, () => {
      const wanted = readFileSync(join(root, `${list}.in`), 'utf8').match(/^[a-z][^\s#;]*/gim) ?? [];
      const text = readFileSync(join(root, `${list}.txt`), 'utf8');
      const pinned = text.match(/^[a-z][^\s;]*==[^\s;]+/gim) ?? [];
      expect(wanted).not.to.deep.equal([]);
      expect(pinned).to.include.members(wanted);
      expect(text.match(/--hash=sha256:/g)?.length ?? 0).to.be.at.least(pinned.length);
      expect(text).not.to.match(/:\/\/|index-url|find-links|^#/m);
    });
  }

  it('name one DuckDB, the one of package.json', () => {
    const node = (
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        dependencies: Record<string, string>;
      }
    ).dependencies['@duckdb/node-api'];
    const version = node?.split('-')[0];
    for (const list of ['local/aws/requirements', 'glue/requirements', 'glue/wheels']) {
      expect(readFileSync(join(root, `${list}.txt`), 'utf8'), list).to.match(
        new RegExp(`^duckdb==${version} `, 'm'),
      );
    }
  });
});
