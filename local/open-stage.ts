/** Everything that `npm start` needs to run: set-up, sample API, local AWS, and the same deploy that a real account gets. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSourceFile } from '../deploy/read-source-file.ts';
import { deploySource, type Deployed } from '../deploy/commands/deploy.ts';
import { isClone, packageRoot } from '../deploy/package-root.ts';
import { CatchwaterError, ConfigError } from '../pipeline/errors.ts';
import { formatProblems } from '../pipeline/source/problem.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';
import { atEveryBeat } from './at-every-beat.ts';
import { count } from '../deploy/figures.ts';
import { freePort } from './free-port.ts';
import { isolateEnvironment } from './isolate-environment.ts';
import { startLocalAws, type LocalAws } from './local-aws.ts';
import { startSampleApi, type SampleApi } from './sample-api/start-sample-api.ts';
import { provideSecrets } from './provide-secrets.ts';
import type { Talk } from './talk.ts';

export interface StageOptions {
  /** The user's: `.catchwater/` lies in it. */
  folder: string;
  /** A source file of the user's, against the API that it names; default: the sample source against the sample API. */
  sourcePath?: string | undefined;
  cadence: string;
  /** Of the local AWS. */
  port?: number | undefined;
  fresh: boolean;
}

export interface Stage {
  aws: LocalAws;
  source: CompiledSource;
  deployed: Deployed;
  /** Undefined where the source names a real API. */
  sampleApi: SampleApi | undefined;
  setUpDone: Date;
  /** No beat of this run is older: a rate() schedule fires as soon as it is made, before the deploy has ended. */
  since: Date;
}

export interface StageDeps {
  talk: Talk;
  signal: AbortSignal;
  /** What was started is stopped by it, in reverse order. */
  resources: AsyncDisposableStack;
}

export async function openStage(options: StageOptions, deps: StageDeps): Promise<Stage> {
  const { folder, sourcePath, cadence, port, fresh } = options;
  const { talk, signal, resources } = deps;
  const path = sourcePath ?? join(packageRoot, 'sources', 'open-meteo.yaml');
  const source = await readSource(path, sourcePath === undefined);
  await setUp(folder, signal);
  const setUpDone = new Date();

  const home = join(folder, '.catchwater');
  const sampleApi = sourcePath === undefined ? await openSampleApi(home, deps) : undefined;
  const environments = join(isClone ? packageRoot : folder, '.catchwater', 'python');
  const python = (name: string) => join(environments, name, 'bin', 'python');
  const since = new Date();
  const aws = await startLocalAws({
    home: join(home, 'aws'),
    pythonAws: python('aws'),
    pythonGlue: python('glue'),
    node: process.execPath,
    fresh,
    ...(port !== undefined && { port }),
  });
  resources.defer(() => aws.stop());
  signal.throwIfAborted();
  talk.say('aws', `local AWS at ${aws.endpoint}, its data in ${join(home, 'aws')}`);

  const developers = { ...process.env };
  isolateEnvironment(process.env, aws.environment);
  await provideSecrets(source, developers);
  const deployed = await deploy({ path, source, cadence, sampleApi: sampleApi?.url }, deps);
  return { aws, source, deployed, sampleApi, setUpDone, since };
}

async function readSource(path: string, isSample: boolean): Promise<CompiledSource> {
  const loaded = await readSourceFile(path);
  if (!loaded.ok) throw new ConfigError(formatProblems(loaded.problems).trimEnd());
  return isSample ? atEveryBeat(loaded.source) : loaded.source;
}

/** Talks on standard error, as everything here does. */
async function setUp(folder: string, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [join(packageRoot, 'setup.mjs')], {
    cwd: folder,
    stdio: ['ignore', process.stderr, process.stderr],
    signal,
  });
  const code = await new Promise((ended, failed) => child.once('error', failed).once('close', ended));
  if (code !== 0) throw new CatchwaterError('the set-up failed: what to do stands above');
}

/** The same port as before, where it is free: the deployed source names it. */
async function openSampleApi(home: string, { talk, resources }: StageDeps): Promise<SampleApi> {
  mkdirSync(home, { recursive: true });
  const file = join(home, 'sample-api-port');
  const port = await freePort(existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined);
  const api = await startSampleApi({ port });
  resources.defer(() => api.stop());
  writeFileSync(file, `${port}\n`);
  talk.say('api', `sample weather API at ${api.url}`);
  return api;
}

interface Deployment {
  path: string;
  source: CompiledSource;
  cadence: string;
  sampleApi: string | undefined;
}

async function deploy(
  { path, source, cadence, sampleApi }: Deployment,
  { talk, signal }: StageDeps,
): Promise<Deployed> {
  const work = deploySource({
    sourcePath: path,
    parameters: { Cadence: cadence, BatchWindowMinutes: '0' },
    onProgress: (line) => talk.waiting(`deploying: ${line}`),
    ...(sampleApi !== undefined && { baseUrl: `${sampleApi}/v1/`, adjust: atEveryBeat }),
  });
  const deployed = await interruptible(work, signal);
  for (const warning of deployed.warnings) talk.warn('deploy', warning);
  const changed = deployed.changed ? count(deployed.changes.length, 'change') : 'no change';
  talk.say(
    'deploy',
    `stack ${deployed.stackName}: ${changed} in ${deployed.seconds.toFixed(1)} s, cadence ${cadence}`,
  );
  talk.say('deploy', `source ${source.name}: ${source.resources.map(({ name }) => name).join(', ')}`);
  return deployed;
}

/** Does not wait for work that cannot be told to end. */
async function interruptible<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  work.catch(() => undefined);
  const interrupted = new Promise<never>((_done, failed) => {
    signal.addEventListener('abort', () => failed(signal.reason as Error), { once: true });
  });
  signal.throwIfAborted();
  return Promise.race([work, interrupted]);
}
