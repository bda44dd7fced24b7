import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { CatchwaterError, ConfigError } from '../pipeline/errors.ts';
import { freePort, portIsFree } from './free-port.ts';

export interface LocalAwsOptions {
  /** Folder of its state, its log and its temporary files. */
  home: string;
  /** Python of the environment that MiniStack is installed in. */
  pythonAws: string;
  /** Python of the environment with Glue's versions. */
  pythonGlue: string;
  /** Node binary that runs the functions. */
  node: string;
  /** Default: the last one used in this folder where it is free, else any free one. */
  port?: number;
  /** Forgets the state of earlier runs. */
  fresh?: boolean;
}

export interface LocalAws {
  endpoint: string;
  /** What a client needs to reach it: endpoint, region, and the keys of its root user. */
  environment: Record<string, string>;
  /** Path of its log. */
  log: string;
  /** Saves the state and ends it with all that it started. May be called twice. */
  stop(): Promise<void>;
}

const REGION = 'eu-central-1';
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 20_000;
const CLEAN_WITHIN_MS = 5_000;

export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  if (process.platform === 'win32')
    throw new ConfigError('the local AWS runs on Linux and macOS: on Windows use WSL');
  const home = resolve(options.home);
  for (const python of [options.pythonAws, options.pythonGlue]) {
    if (!existsSync(python)) throw new ConfigError(`${python} does not exist: run \`node setup.mjs\``);
  }
  mkdirSync(home, { recursive: true });
  const port = await choosePort(home, options.port);
  const log = join(home, 'local-aws.log');
  const child = launch({ ...options, home, port, log });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = stopper(child, join(home, 'tmp'));
  try {
    await untilReady(endpoint, child, log);
  } catch (cause) {
    await stop();
    throw cause;
  }
  writeFileSync(join(home, 'port'), `${port}\n`);
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return { endpoint, environment, log, stop };
}

/** The same port as before keeps addresses valid that are part of the state, such as those of queues. */
async function choosePort(home: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) {
    const file = join(home, 'port');
    return freePort(existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined);
  }
  if (await portIsFree(wanted)) return wanted;
  throw new ConfigError(
    `port ${wanted} of 127.0.0.1 is taken: end what listens there, or choose another port`,
  );
}

function launch(options: LocalAwsOptions & { port: number; log: string }): ChildProcess {
  const settings = {
    port: `${options.port}`,
    home: options.home,
    region: REGION,
    node: options.node,
    'glue-python': options.pythonGlue,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const flags = options.fresh ? ['--stop-with-stdin', '--fresh'] : ['--stop-with-stdin'];
  // Appended to, since another local AWS may be writing it; the one that may run in this folder empties it first.
  const log = openSync(options.log, 'a');
  try {
    return spawn(options.pythonAws, ['-E', '-m', 'aws', ...words, ...flags], {
      // Python finds the package `aws` in the folder of this file, whatever PYTHONPATH says.
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      // A group of its own: Ctrl-C in the terminal reaches only us, and we stop it in good order.
      detached: true,
      // The pipe ends when this process does, however it does; the local AWS then stops by itself.
      stdio: ['pipe', log, log],
    });
  } finally {
    closeSync(log);
  }
}

async function untilReady(endpoint: string, child: ChildProcess, log: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (failure || hasEnded(child)) {
      throw new CatchwaterError(`the local AWS did not start; the end of ${log}:\n${lastLines(log)}`, {
        cause: failure,
      });
    }
    try {
      const answer = await fetch(`${endpoint}/_ministack/ready`);
      if (answer.ok && !hasEnded(child)) return;
    } catch {
      // Not listening yet.
    }
    await wait(50);
  }
  throw new CatchwaterError(`the local AWS was not ready after ${READY_WITHIN_MS / 1000} s; see ${log}`);
}

function stopper(child: ChildProcess, scratch: string): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= end(child, scratch));
}

async function end(child: ChildProcess, scratch: string): Promise<void> {
  // It never began, or has failed: whoever holds the folder then, it was not this one.
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([ended.then(() => true), wait(STOPS_WITHIN_MS, false, { ref: false })]);
  if (!inTime) child.kill('SIGKILL');
  await ended;
  child.stdin?.destroy();
  // Its guard ends what it had started, and removes its temporary files last.
  const deadline = Date.now() + CLEAN_WITHIN_MS;
  while (existsSync(scratch) && Date.now() < deadline) await wait(20);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
