/**
 * Writes the hashed lists of Python packages anew from the `.in` files beside them, for whoever changes a pinned version:
 * `npm run lock`. What comes out names no index and no machine.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lists = [
  'local/uv',
  'local/aws/requirements',
  'glue/requirements',
  'glue/java',
  'glue/build',
  'glue/wheels',
];
const nameless = ['header', 'annotate', 'emit-index-url', 'emit-find-links', 'emit-index-annotation'];

for (const list of [...lists, 'test/requirements', 'test/pytest', 'bench/peers/dlt', 'bench/peers/tap']) {
  // uv is installed by whatever Python the machine has, all else into one of Glue's version.
  const version = list === 'local/uv' ? '3.8' : '3.11';
  const options = [
    '--universal',
    '--generate-hashes',
    '--python-version',
    version,
    ...nameless.map((name) => `--no-${name}`),
  ];
  const files = [`${list}.in`, '-o', `${list}.txt`];
  execFileSync('.catchwater/python/uv/bin/uv', ['pip', 'compile', '-q', ...options, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  console.info(`${list}.txt`);
}
