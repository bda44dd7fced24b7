import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CatchwaterError } from '../pipeline/errors.ts';
import { packageRoot } from './package-root.ts';

/** Glue 5.1: Python 3.11 on Amazon Linux 2023, which has glibc 2.34. */
const target = ['--platform', 'manylinux_2_28_x86_64', '--python-version', '3.11', '--only-binary=:all:'];

/**
 * Downloads the wheels that glue/wheels.txt pins, each checked against its hash, into the folder. `python`: one with pip.
 */
export async function fetchWheels(python: string, directory: string): Promise<string[]> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const list = join(packageRoot, 'glue', 'wheels.txt');
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await run(python, [...pip, '--require-hashes', ...target, '--dest', directory, '-r', list]);
  return readdirSync(directory).filter((name) => name.endsWith('.whl'));
}

/** What Glue expects in a `.gluewheels.zip`: a folder `wheels` with the wheels and the list of what to install. */
export function wheelFiles(directory: string): Record<string, Uint8Array> {
  const wheels = readdirSync(directory).filter((name) => name.endsWith('.whl'));
  const list = readFileSync(join(packageRoot, 'glue', 'wheels.in'), 'utf8').replaceAll(/^#.*\n/gm, '');
  return {
    'wheels/requirements.txt': Buffer.from(list),
    ...Object.fromEntries(wheels.map((name) => [`wheels/${name}`, readFileSync(join(directory, name))])),
  };
}

async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (output += data.toString()));
  }
  const code = await new Promise<number | Error | null>((ended) => {
    child.once('error', ended).once('close', ended);
  });
  if (code === 0) return;
  const why = code instanceof Error ? code.message : output.trim().split('\n').slice(-5).join('\n');
  throw new CatchwaterError(
    `the DuckDB wheel for Glue could not be downloaded: ${command} ${args.join(' ')}\n${why}`,
    { cause: code instanceof Error ? code : undefined },
  );
}
