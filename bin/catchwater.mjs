#!/usr/bin/env node
// The program `catchwater`: finds Node 24 where it was started with an older one, then hands over to the command line.
// Plain JavaScript for Node 20, because that is what may read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
// In a clone the sources run as they are; the package carries them compiled, because Node runs no .ts in node_modules.
const isClone = existsSync(at('../deploy/cli.ts'));
// Who reads no further (`| head`) wants nothing more.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.env.CATCHWATER_STARTED ??= String(Date.now());

if (isClone) {
  const { explain, setUp } = await import('../setup.mjs');
  // What the local AWS needs is made with it, in one go, when it will be needed at once.
  const [command, ...rest] = process.argv.slice(2);
  const starts = command === 'local' && !rest.some((word) => word === '--help' || word === '-h');
  const code = await setUp(starts ? 'start' : 'tools').then(() => 0, explain);
  if (code) process.exit(code);
}

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(isClone ? '../deploy/cli.ts' : '../dist/deploy/cli.js');
} else {
  const node = findNode24();
  if (node) runUnder(node);
  else {
    process.stderr.write(
      `Catchwater needs Node 24 (this is ${process.version}): install it, or put it first on PATH.\n`,
    );
    process.exitCode = 2;
  }
}

/** npm has fetched one as an optional dependency, where there is one for this platform. */
function findNode24() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}

function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // Whoever is told to end, tells the other one and waits until it has ended in good order.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    process.stderr.write(`${node} does not run: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exitCode = code ?? 1;
  });
}
