import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '../..');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `catchwater <arguments>` as a user runs it from a clone; never rejects on a non-zero exit. */
export async function runCli(
  args: string[],
  options: { environment?: Record<string, string>; cwd?: string; stdin?: string } = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [join(projectRoot, 'bin/catchwater.mjs'), ...args], {
    cwd: options.cwd ?? projectRoot,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.stdin ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((closed) => child.on('close', closed));
  return { code, stdout, stderr };
}

/** The JSON document of a command that must have gone well; otherwise the error shows all it said. */
export async function runCliJson<Result>(
  args: string[],
  environment: Record<string, string>,
): Promise<Result> {
  const { code, stdout, stderr } = await runCli([...args, '--json'], { environment });
  if (code !== 0) throw new Error(`catchwater ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout) as Result;
}
