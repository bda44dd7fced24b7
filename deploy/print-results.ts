import { confirmByTyping, readSecretValue } from './ask.ts';
import { deploySource } from './commands/deploy.ts';
import { destroyStack } from './commands/destroy.ts';
import { packageArtifacts } from './commands/package.ts';
import { confirmPlans, runReprocess } from './commands/reprocess.ts';
import { setSecret, type SetSecretOptions } from './commands/set-secret.ts';
import { connect } from './connect.ts';
import { count } from './figures.ts';
import { parseAssignments } from './parse-assignments.ts';
import { describePlan } from './reprocess/describe-plan.ts';
import type { Planned } from './reprocess/plan-reprocess.ts';
import { printJson, printTable, say, sayWarning, startProgress } from './say.ts';

interface PlaceArguments {
  region?: string;
  profile?: string;
  json?: boolean;
}

export interface DeployArguments extends PlaceArguments {
  source: string;
  stack?: string;
  baseUrl?: string;
  reprocess?: boolean;
  yes?: boolean;
}

/** What deploy, destroy, package and secret set print: results on standard output, talk on standard error. */
export async function deployAndPrint(words: string[], options: DeployArguments): Promise<void> {
  sayWhenInterrupted('the same command goes on from where this one was');
  const { stackName, warnings, ...deployed } = await deploySource({
    sourcePath: options.source,
    stackName: options.stack,
    baseUrl: options.baseUrl,
    region: options.region,
    profile: options.profile,
    parameters: parseAssignments(words),
    reprocess: options.reprocess ? { confirm: (planned) => showAndConfirm(planned, options.yes) } : undefined,
    onProgress: startProgress(),
  });
  if (options.json) {
    printJson({ stack: stackName, ...deployed, warnings });
    return;
  }
  warnings.forEach(sayWarning);
  say(
    deployed.changed
      ? `${stackName} is deployed, ${deployed.seconds.toFixed(1)} s`
      : `${stackName} is up to date, nothing was changed`,
  );
  for (const { table, generation, rows } of deployed.reprocessed) {
    say(`${table} is made anew: queries read generation ${generation}, ${count(rows, 'row')}`);
  }
  printTable(deployed.outputs);
}

async function showAndConfirm(planned: readonly Planned[], yes = false): Promise<void> {
  for (const { plan } of planned) say(describePlan(plan));
  await confirmPlans(planned, yes);
}

export interface ReprocessArguments extends PlaceArguments {
  stack: string;
  table: string;
  dryRun?: boolean;
  yes?: boolean;
}

export function reprocessAndPrint(options: ReprocessArguments): Promise<number> {
  const { stack, json = false, dryRun = false, yes = false, ...others } = options;
  process.once('SIGINT', () => {
    say('\nstopped watching; what has begun goes on by itself. The same command watches it again');
    process.exit(130);
  });
  return runReprocess({
    stackName: stack,
    json,
    dryRun,
    yes,
    ...others,
    stdout: process.stdout,
    onProgress: startProgress(),
  });
}

export interface DestroyArguments extends PlaceArguments {
  stack: string;
  purgeData?: boolean;
  yes?: boolean;
}

export async function destroyAndPrint(options: DestroyArguments): Promise<void> {
  const { stack, purgeData = false, yes, region, profile } = options;
  const { stackName, ...destroyed } = await destroyStack({
    stackName: stack,
    purgeData,
    region,
    profile,
    confirm: yes ? () => Promise.resolve(true) : confirmByTyping,
    onProgress: startProgress(),
  });
  if (options.json) {
    printJson({ stack: stackName, ...destroyed });
    return;
  }
  say(destroyed.deleted ? `the stack ${stackName} is deleted` : `there is no stack ${stackName}`);
  if (destroyed.kept.length > 0) say(`kept: ${destroyed.kept.join(', ')}; with --purge-data they go too`);
}

export interface PackageArguments {
  source?: string[];
  out: string;
  json?: boolean;
}

export async function packageAndPrint({ source = [], out, json }: PackageArguments): Promise<void> {
  const files = await packageArtifacts({ sourcePaths: source, outDir: out, onProgress: startProgress() });
  if (json) {
    printJson({ folder: out, files });
    return;
  }
  say(`upload them under these keys, then create the stack from ${out}/cloudformation/pipeline.yaml:`);
  for (const { parameter, path } of files) process.stdout.write(`${parameter.padEnd(16)} ${path}\n`);
}

export interface SecretArguments extends PlaceArguments {
  store: SetSecretOptions['store'];
  keyId?: string;
}

export async function setSecretAndPrint(name: string, options: SecretArguments): Promise<void> {
  const { store, keyId, region, profile } = options;
  const connection = await connect({ region, profile });
  const value = await readSecretValue(name);
  const place = await setSecret({ name, value, store, keyId }, connection);
  if (options.json) printJson({ name: place, store, region: connection.region, account: connection.account });
  else say(`${place} is set in account ${connection.account}, region ${connection.region}`);
}

/** CloudFormation does not stop with us. */
function sayWhenInterrupted(remedy: string): void {
  process.once('SIGINT', () => {
    say(`\nstopped watching; what CloudFormation has begun goes on. ${remedy}`);
    process.exit(130);
  });
}
