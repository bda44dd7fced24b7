import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/free-port.ts';

export interface PlainAws {
  /** For every client: endpoint, region and the credentials of the local account. */
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  stop: () => Promise<void>;
}

const python =
  process.env['CATCHWATER_AWS_PYTHON'] ??
  resolve(import.meta.dirname, '../../.catchwater/python/aws/bin/python');

/** MiniStack as it comes, on a free port, empty, without our extension: enough where only single services count. */
export async function startPlainAws(): Promise<PlainAws> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'plain-aws-'));
  const child = spawn(python, ['-m', 'ministack'], {
    // A group of its own: its workers outlive a signal to the parent alone.
    detached: true,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      TMPDIR: folder,
    },
  });
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code) => done(`exit code ${code}`));
  });
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const ready = await Promise.race([isReady(endpoint), ended]);
  if (ready !== true) {
    await stop();
    throw new Error(
      `the local AWS did not start (${python}): ${ready === false ? 'not ready in 30 s' : ready}`,
    );
  }
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { config: { endpoint, region: 'us-east-1', credentials }, stop };
}

async function isReady(endpoint: string): Promise<boolean> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
    if (answer?.ok) return true;
    await sleep(100);
  }
  return false;
}
