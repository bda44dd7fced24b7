import { type CloudFormationClient, paginateDescribeStacks } from '@aws-sdk/client-cloudformation';
import { ConfigError } from '../../pipeline/errors.ts';
import { artifactStack } from '../artifact-bucket.ts';
import { connect, type Connection } from '../connect.ts';
import { deleteStack } from '../deploy-stack.ts';
import { describeStack, isPipeline, type StackState } from '../describe-stack.ts';
import { DeclinedError } from '../errors.ts';
import { purgeBucket, purgeTable } from '../purge-data.ts';
import { checkStackName, retainedNames } from '../stack-names.ts';
import { stopWriters } from '../stop-writers.ts';

export interface DestroyOptions {
  stackName: string;
  /** Deletes the buckets with everything in them, and the ledger. Without it they are kept. */
  purgeData: boolean;
  region?: string | undefined;
  profile?: string | undefined;
  /** Shows what will be lost; answers whether the user has typed the stack's name. */
  confirm: (question: string, expected: string) => Promise<boolean>;
  onProgress: (line: string) => void;
}

export interface Destroyed {
  stackName: string;
  /** False: there was no such stack. */
  deleted: boolean;
  kept: string[];
  purged: string[];
}

export async function destroyStack(options: DestroyOptions): Promise<Destroyed> {
  const { stackName, purgeData, onProgress } = options;
  checkStackName(stackName, {});
  if (stackName === artifactStack) {
    throw new ConfigError(
      `${artifactStack} is shared by all pipelines here; it goes with the last of them: destroy that with --purge-data`,
    );
  }
  const connection = await connect(options);
  const found = await describeStack(connection.cloudformation, stackName);
  if (found && !isPipeline(found)) {
    throw new ConfigError(`the stack ${stackName} is not one of Catchwater's: delete it with CloudFormation`);
  }
  const names = { ...retainedNames(stackName, found?.parameters ?? {}, connection), ...pickRetained(found) };
  const retained = [names.StagingBucket, names.CuratedBucket, names.LedgerTable];
  if (!found && !purgeData) return { stackName, deleted: false, kept: [], purged: [] };

  const question = describeLoss({ stackName, retained, purgeData, ...connection });
  if (!(await options.confirm(question, stackName))) {
    throw new DeclinedError('not confirmed: nothing was deleted');
  }
  if (found) await removeStack(connection, found, onProgress);
  if (!purgeData) return { stackName, deleted: true, kept: retained, purged: [] };
  const purged = await purge(connection, names, onProgress);
  return { stackName, deleted: found !== undefined, kept: [], purged };
}

async function removeStack(
  connection: Connection,
  found: StackState,
  onProgress: (line: string) => void,
): Promise<void> {
  const resume = await stopWriters(connection, found.outputs, onProgress);
  try {
    await deleteStack(connection.cloudformation, found, onProgress);
  } catch (error) {
    // Whatever is left of the stack goes on working.
    await resume().catch(() => onProgress('its functions stay paused: their reserved concurrency is 0'));
    throw error;
  }
}

async function purge(
  connection: Connection,
  names: ReturnType<typeof retainedNames>,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const purged: string[] = [];
  for (const bucket of [names.StagingBucket, names.CuratedBucket]) {
    if (await purgeBucket(connection, bucket, onProgress)) purged.push(bucket);
  }
  if (await purgeTable(connection, names.LedgerTable, onProgress)) purged.push(names.LedgerTable);
  const { cloudformation } = connection;
  const artifacts = await describeStack(cloudformation, artifactStack);
  const bucket = artifacts?.outputs['ArtifactBucket'];
  if (!artifacts || bucket === undefined || (await isUsed(bucket, cloudformation))) return purged;
  onProgress('that was the last pipeline here: deleting the artifact bucket too');
  await deleteStack(cloudformation, artifacts, onProgress);
  if (await purgeBucket(connection, bucket, onProgress)) purged.push(bucket);
  return purged;
}

/** Stacks made by hand may read their code from there too. */
async function isUsed(bucket: string, cloudformation: CloudFormationClient): Promise<boolean> {
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudformation }, {})) {
    const uses = Stacks.some(
      ({ Parameters = [], StackStatus }) =>
        StackStatus !== 'DELETE_COMPLETE' &&
        Parameters.some(
          ({ ParameterKey, ParameterValue }) =>
            ParameterKey === 'ArtifactBucket' && ParameterValue === bucket,
        ),
    );
    if (uses) return true;
  }
  return false;
}

function pickRetained(found: StackState | undefined): Partial<ReturnType<typeof retainedNames>> {
  const { StagingBucket, CuratedBucket, LedgerTable } = found?.outputs ?? {};
  return {
    ...(StagingBucket !== undefined && { StagingBucket }),
    ...(CuratedBucket !== undefined && { CuratedBucket }),
    ...(LedgerTable !== undefined && { LedgerTable }),
  };
}

interface Loss {
  stackName: string;
  account: string;
  region: string;
  retained: string[];
  purgeData: boolean;
}

function describeLoss({ stackName, account, region, retained, purgeData }: Loss): string {
  const first = `The stack ${stackName} in account ${account}, region ${region}, will be deleted, the catalog's database with its tables too.`;
  const data = purgeData
    ? `ALL ITS DATA will be deleted, every version, for good: ${retained.join(', ')}.`
    : `Its data are kept, and the next deploy of that name adopts them: ${retained.join(', ')}.`;
  return `${first}\n${data}`;
}
