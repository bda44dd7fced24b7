/**
 * `npm pack` calls this: fills dist/ with the installed form of the package. The same folders as in the clone, the
 * TypeScript compiled (Node runs none in node_modules), the functions bundled, the wheel for Glue fetched.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageArtifacts } from './commands/package.ts';
import { packageRoot } from './package-root.ts';
import { startProgress } from './say.ts';

const dist = join(packageRoot, 'dist');
const onProgress = startProgress();
rmSync(dist, { recursive: true, force: true });

const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(
  process.execPath,
  [tsc, '-p', join(import.meta.dirname, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
);
if (status !== 0) throw new Error('the package does not compile');
onProgress('compiled deploy/, local/ and pipeline/');

for (const folder of ['cloudformation', 'glue', 'local', 'sources']) {
  for (const name of readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })) {
    if (!/\.(py|in|txt|yaml|csv|json)$/.test(name)) continue;
    cpSync(join(packageRoot, folder, name), join(dist, folder, name));
  }
}
cpSync(join(packageRoot, 'setup.mjs'), join(dist, 'setup.mjs'));
await packageArtifacts({ sourcePaths: [], outDir: dist, onProgress });

const program = join(dist, 'deploy', 'cli.js');
if (!existsSync(program)) throw new Error(`${program} is missing`);
