import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';
import { runProgram } from './program.ts';

/** In a clone it lies beside deploy/, in an installed package above dist/. */
function readVersion(): string {
  const file = [packageRoot, join(packageRoot, '..')]
    .map((folder) => join(folder, 'package.json'))
    .find((path) => existsSync(path));
  const { version } = JSON.parse(file === undefined ? '{}' : readFileSync(file, 'utf8')) as {
    version?: string;
  };
  return version ?? 'unknown';
}

process.exitCode = await runProgram(process.argv.slice(2), { version: readVersion() });
