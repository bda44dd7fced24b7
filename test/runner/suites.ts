import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { checker } from './run-checker.ts';
import { mocha } from './run-mocha.ts';
import { root } from './run-process.ts';
import { pytest } from './run-pytest.ts';
import type { Suite } from './suite.ts';

const node = (name: string) => resolve(root, 'node_modules/.bin', name);
const python = (name: string) => resolve(root, '.catchwater/python/checks/bin', name);
const pythonFolders = ['glue', 'local', 'test'];

/** Everything that `npm test` runs, what answers soon first. */
export function listSuites(): Suite[] {
  const templates = files('cloudformation/*.yaml');
  return [
    checker('types', node('tsc'), []),
    checker('lint', node('oxlint'), ['--type-aware', '--deny-warnings', '--quiet']),
    checker('format', node('prettier'), ['--check', '--log-level=warn', '.']),
    checker('lint of Python', python('ruff'), ['check', '--no-cache', '--quiet', ...pythonFolders]),
    checker('format of Python', python('ruff'), ['format', '--no-cache', '--check', ...pythonFolders]),
    checker('templates by cfn-lint', python('cfn-lint'), ['--', ...templates]),
    checker('templates by checkov', python('checkov'), checkovArguments()),
    mocha('unit', { files: files('test/unit/**/*.test.ts'), seconds: 20, minutes: 8 }),
    mocha('conformance', { files: files('test/conformance/*.test.ts'), seconds: 20, minutes: 4 }),
    mocha('ready-made sources', { files: files('test/sources/*.test.ts'), seconds: 20, minutes: 3 }),
    mocha('templates by their rules', { files: files('test/checks/**/*.test.ts'), seconds: 60, minutes: 4 }),
    pytest('pytest of the job', 'test/glue', 15),
    // One process for each file: each starts a local AWS of its own.
    ...files('test/e2e/**/*.test.ts')
      .toSorted(longestFirst)
      .map((file) => mocha(`e2e ${basename(file, '.test.ts')}`, { files: [file], seconds: 300, minutes: 9 })),
    mocha('start of the local AWS', { files: files('test/local/*.test.ts'), seconds: 60, minutes: 3 }),
    pytest('pytest of the local AWS', 'test/local', 8),
  ];
}

/** Those that take a minute or two come first, or one of them would run alone at the end. */
const long = [
  'take-stock',
  'reconcile',
  'reprocess',
  'status',
  'continue',
  'permissions',
  'start',
  'live-columns',
  'faults',
  'own-source',
  'source-language',
  'source-language-limits',
  'exactly-once',
  'package',
];

function longestFirst(one: string, other: string): number {
  return placeOf(one) - placeOf(other);
}

function placeOf(file: string): number {
  const index = long.indexOf(basename(file, '.test.ts'));
  return index < 0 ? long.length : index;
}

function checkovArguments(): string[] {
  const quiet = ['--framework', 'cloudformation', '--skip-download', '--compact', '--quiet'];
  return [...quiet, '--config-file', 'test/checks/checkov.yaml', '--directory', 'cloudformation'];
}

function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root })
    .toSorted()
    .map((file) => resolve(root, file));
}
