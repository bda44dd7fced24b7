/** One local AWS for all end-to-end tests of a run; each test deploys a stack of its own into it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws, type LocalAws } from '../../local/local-aws.ts';
import { projectRoot } from './run-cli.ts';

let started: Promise<LocalAws> | undefined;
let home: string | undefined;

export function pythonOf(environment: 'aws' | 'glue'): string {
  return join(projectRoot, '.catchwater/python', environment, 'bin/python');
}

export function sharedLocalAws(): Promise<LocalAws> {
  started ??= start();
  return started;
}

function start(): Promise<LocalAws> {
  home = mkdtempSync(join(tmpdir(), 'catchwater-e2e-'));
  return startLocalAws({
    home,
    pythonAws: pythonOf('aws'),
    pythonGlue: pythonOf('glue'),
    node: process.execPath,
  });
}

/** Registered by the runner as mocha's global teardown. */
export async function mochaGlobalTeardown(): Promise<void> {
  const aws = await started?.catch(() => undefined);
  await aws?.stop();
  if (home) rmSync(home, { recursive: true, force: true });
}
