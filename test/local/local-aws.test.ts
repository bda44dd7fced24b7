import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { portIsFree } from '../../local/free-port.ts';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from '../../local/local-aws.ts';
import { ConfigError } from '../../pipeline/errors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const python = (name: string) => join(root, `.catchwater/python/${name}/bin/python`);

describe('startLocalAws', function () {
  this.timeout(60_000);
  let options: LocalAwsOptions;
  let folder: string;
  const running: LocalAws[] = [];

  async function start(more: Partial<LocalAwsOptions> = {}): Promise<LocalAws> {
    const aws = await startLocalAws({ ...options, ...more });
    running.push(aws);
    return aws;
  }

  async function failure(more: Partial<LocalAwsOptions>): Promise<Error> {
    try {
      await start(more);
    } catch (error) {
      return error as Error;
    }
    throw new Error('it started');
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-'));
    options = {
      home: join(folder, 'aws'),
      pythonAws: process.env['CATCHWATER_PYTHON_AWS'] ?? python('aws'),
      pythonGlue: process.env['CATCHWATER_PYTHON_GLUE'] ?? python('glue'),
      node: process.execPath,
    };
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((aws) => aws.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts on a free port of the loopback, and leaves nothing but its state', async () => {
    const aws = await start();
    expect(aws.environment['AWS_ENDPOINT_URL']).to.equal(aws.endpoint);
    expect(new URL(aws.endpoint).hostname).to.equal('127.0.0.1');
    await put(aws.endpoint, '/kept');
    await aws.stop();
    await aws.stop();
    expect(await portIsFree(Number(new URL(aws.endpoint).port))).to.equal(true);
    expect(readdirSync(options.home).toSorted()).to.deep.equal([
      'local-aws.log',
      'lock',
      'metadata',
      'objects',
      'port',
    ]);
  });

  it('goes on with its state on the same port, unless it is to begin afresh', async () => {
    const first = await start();
    await put(first.endpoint, '/kept');
    await first.stop();
    const second = await start();
    expect(second.endpoint).to.equal(first.endpoint);
    expect(await buckets(second.endpoint)).to.deep.equal(['kept']);
    await second.stop();
    const third = await start({ fresh: true });
    expect(await buckets(third.endpoint)).to.deep.equal([]);
  });

  it('names a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await failure({ port: port! });
    taken.close();
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(new RegExp(`port ${port} of 127.0.0.1 is taken`));
  });

  it('says what is missing when the set-up was not run', async () => {
    const error = await failure({ pythonAws: join(folder, 'no-python') });
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(/run `node setup.mjs`/);
  });

  it('shows the end of the log when the start fails, and does not disturb the one that runs', async () => {
    const aws = await start();
    await put(aws.endpoint, '/kept');
    expect((await failure({ fresh: true })).message).to.match(/another local AWS runs in/);
    expect(await buckets(aws.endpoint)).to.deep.equal(['kept']);
    expect(readFileSync(aws.log, 'utf8')).to.match(/Ready/);
  });

  it('ends when the process that started it is killed', async () => {
    const program = `
      import { startLocalAws } from '${join(root, 'local/local-aws.ts')}';
      console.log((await startLocalAws(${JSON.stringify(options)})).endpoint);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const failed = once(starter, 'exit').then(() => {
      throw new Error('it did not start');
    });
    const [line] = (await Promise.race([once(starter.stdout, 'data'), failed])) as [Buffer];
    const port = Number(new URL(line.toString()).port);
    expect(await portIsFree(port)).to.equal(false);
    starter.kill('SIGKILL');
    await failed.catch(() => {});
    for (let tries = 0; !(await portIsFree(port)) && tries < 200; tries++) await wait(50);
    expect(await portIsFree(port)).to.equal(true);
    for (let tries = 0; existsSync(join(options.home, 'tmp')) && tries < 200; tries++) await wait(50);
    expect(existsSync(join(options.home, 'tmp'))).to.equal(false);
    expect(readFileSync(join(options.home, 'local-aws.log'), 'utf8')).to.match(/shutting down/);
  });
});

/** Unsigned requests are those of the root user, for S3. */
async function put(endpoint: string, path: string): Promise<void> {
  expect((await fetch(endpoint + path, { method: 'PUT' })).status).to.equal(200);
}

async function buckets(endpoint: string): Promise<string[]> {
  const text = await (await fetch(`${endpoint}/`, { headers: { accept: 'application/xml' } })).text();
  return [...text.matchAll(/<Bucket>.*?<Name>(.*?)<\/Name>/gs)].map((match) => match[1]!);
}
