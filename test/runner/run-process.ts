import { spawn, type ChildProcess } from 'node:child_process';
import { delimiter, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const root = resolve(import.meta.dirname, '../..');
export const glueEnvironment = resolve(root, '.catchwater/python/glue');

const running = new Set<ChildProcess>();

export interface Ended {
  /** Undefined when it had to be ended. */
  code: number | undefined;
  output: string;
}

export interface ProcessOptions {
  minutes: number;
  env?: NodeJS.ProcessEnv;
  /** Gets what a Node child sends. */
  onMessage?: (message: unknown, child: ChildProcess) => void;
}

/** Runs a program in a process group of its own, of which nothing is left afterwards. */
export async function runProcess(command: string, args: string[], options: ProcessOptions): Promise<Ended> {
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    env: { ...process.env, PATH: searchPath(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.onMessage ? (['ipc'] as const) : [])],
  });
  running.add(child);
  const closed = new Promise((done) => child.once('close', done));
  const { onMessage } = options;
  if (onMessage) child.on('message', (message) => onMessage(message, child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => (output += data.toString()));
  }
  const timer = setTimeout(() => endGroup(child), options.minutes * 60_000);
  const code = await new Promise<number | undefined>((ended) => {
    child.once('error', (error) => {
      output += error.message;
      ended(undefined);
    });
    child.once('exit', (exitCode) => ended(exitCode ?? undefined));
  });
  clearTimeout(timer);
  endGroup(child);
  // The rest of the output; not for ever, because a process outside the group may hold the pipe.
  await Promise.race([closed, wait(1000, undefined, { ref: false })]);
  running.delete(child);
  return { code, output };
}

export function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group has ended by itself, as it should.
  }
}

export function endAll(): void {
  for (const child of running) endGroup(child);
}

/** Programs of node_modules start `node` by its name: it shall be Node 24. */
function searchPath(): string {
  return [resolve(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
}
