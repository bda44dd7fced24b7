import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFiles, type StoredFile } from '../support/read-table.ts';
import { clientsOf } from '../support/local-stack.ts';
import { leftovers } from '../support/leftovers.ts';
import { projectRoot, runCli, type CliResult } from '../support/run-cli.ts';
import { pythonOf } from '../support/shared-local-aws.ts';
import { startLocalAws } from '../../local/local-aws.ts';

interface StartDocument {
  schemaVersion: 1;
  stack: string;
  engine: string;
  objects: number;
  rows: number;
  files: { key: string; rows: number; bytes: number }[];
  receipt: { rowsParsed: number; inserted: number; updated: number; duplicate: number; balanced: boolean };
  query: { sql: string; rows: Record<string, unknown>[] };
}

const program = join(projectRoot, 'bin/catchwater.mjs');

/** `npm start` in a folder of its own: its data lie there, the environments are the clone's. */
describe('catchwater local', function () {
  this.timeout(300_000);
  let folder: string;
  let first: StartDocument;
  let firstFiles: StoredFile[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-start-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach('leaves no process', async () => {
    expect(await leftovers(folder)).to.deep.equal([]);
  });

  it('runs one full cycle and prints one JSON document', async () => {
    const { code, stdout, stderr } = await run(['local', '--once', '--json']);
    expect(code, stderr).to.equal(0);
    first = JSON.parse(stdout) as StartDocument;
    expect(first).to.include({ schemaVersion: 1, engine: 'glue', objects: 1 });
    expect(first.receipt.balanced).to.equal(true);
    expect(first.rows).to.equal(servedRows(stderr));
    expect(first.receipt.inserted).to.equal(first.rows);
    expect(first.files.reduce((sum, { rows }) => sum + rows, 0)).to.equal(first.rows);
    expect(first.query.rows).to.have.length.greaterThan(0);
    firstFiles = await storedFiles(first.stack);
    expect(firstFiles.map(({ key }) => key)).to.deep.equal(first.files.map(({ key }) => key).toSorted());
  });

  it('goes on with the data of the run before: nothing lost, nothing doubled', async () => {
    const { code, stdout, stderr } = await run(['local', '--once', '--json']);
    expect(code, stderr).to.equal(0);
    const second = JSON.parse(stdout) as StartDocument;
    expect(second.receipt.balanced).to.equal(true);
    const stored = await storedFiles(second.stack);
    const touched = new Set(second.files.map(({ key }) => key));
    const untouched = firstFiles.filter(({ key }) => !touched.has(key));
    expect(stored.filter(({ key }) => !touched.has(key))).to.deep.equal(untouched);
    // Eight cities: a new hour may have begun between the runs.
    expect(second.rows).to.equal(first.rows + second.receipt.inserted);
    expect(stored.length * 8).to.equal(second.rows);
  });

  it('stays up in a terminal until Ctrl-C, then leaves nothing', async () => {
    const { code, output } = await runInTerminal(['local', '--fresh'], /Ctrl-C ends it/);
    expect(output).to.match(/Receipt of load .*balanced/s);
    expect(code).to.equal(130);
  });

  it('says which port is taken, and leaves nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await run(['local', '--once', '--port', String(port)]);
    server.close();
    expect(stderr).to.match(new RegExp(`port ${port}.*taken`, 's'));
    expect(code).to.equal(2);
  });

  const run = (args: string[]): Promise<CliResult> => runCli(args, { cwd: folder });

  /** Node has no pseudo-terminal; Python does. Presses Ctrl-C once `until` has been printed. */
  async function runInTerminal(
    args: string[],
    until: RegExp,
  ): Promise<{ code: number | null; output: string }> {
    const words = JSON.stringify([process.execPath, program, ...args]);
    const script = `import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(${words})))`;
    const child = spawn(pythonOf('aws'), ['-c', script], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    let pressed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (pressed || !until.test(output)) return;
      pressed = true;
      child.stdin.write('\u0003');
    });
    const code = await new Promise<number | null>((closed) => child.once('close', closed));
    return { code, output };
  }

  /** Opens what the run has left once more, to look at it. */
  async function storedFiles(stack: string): Promise<StoredFile[]> {
    const aws = await startLocalAws({
      home: join(folder, '.catchwater/aws'),
      pythonAws: pythonOf('aws'),
      pythonGlue: pythonOf('glue'),
      node: process.execPath,
    });
    try {
      const { s3 } = clientsOf(aws.environment);
      return await listFiles(s3, `${stack}-curated-000000000000-${aws.environment['AWS_REGION']}`);
    } finally {
      await aws.stop();
    }
  }
});

/** What the sample API says of itself at the end. */
function servedRows(talk: string): number {
  const found = /([\d,]+) different by place and hour/.exec(talk)?.[1] ?? '';
  return Number(found.replaceAll(',', ''));
}
