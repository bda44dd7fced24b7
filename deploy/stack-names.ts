import { ConfigError } from '../pipeline/errors.ts';

/** Parameter that holds a name → the output that shows it. */
export const namedOutputs = {
  StagingBucketName: 'StagingBucket',
  CuratedBucketName: 'CuratedBucket',
  LedgerTableName: 'LedgerTable',
  DatabaseName: 'Database',
  FetchFunctionName: 'FetchFunction',
  DispatchFunctionName: 'DispatchFunction',
  GlueJobName: 'GlueJob',
} as const;

interface Place {
  account: string;
  region: string;
}

export interface RetainedNames {
  StagingBucket: string;
  CuratedBucket: string;
  LedgerTable: string;
}

/** The names of what outlives its stack, as the template derives them. */
export function retainedNames(
  stackName: string,
  parameters: Record<string, string>,
  { account, region }: Place,
): RetainedNames {
  const { StagingBucketName: staging, CuratedBucketName: curated, LedgerTableName: ledger } = parameters;
  return {
    StagingBucket: staging || `${stackName}-staging-${account}-${region}`,
    CuratedBucket: curated || `${stackName}-curated-${account}-${region}`,
    LedgerTable: ledger || `${stackName}-ledger`,
  };
}

const longestBucketName = 63;

/** Names are derived from the stack's, so what S3, Glue and Athena allow in theirs binds it. */
export function checkStackName(stackName: string, parameters: Record<string, string>, place?: Place): void {
  if (!/^[a-z][a-z0-9-]{0,49}$/.test(stackName)) {
    throw new ConfigError(
      `the stack name '${stackName}' must begin with a letter and hold up to 50 lower-case letters, digits and hyphens: buckets and the database are named after it`,
    );
  }
  if (!place) return;
  const names = retainedNames(stackName, parameters, place);
  for (const name of [names.StagingBucket, names.CuratedBucket]) {
    if (name.length <= longestBucketName) continue;
    const room = longestBucketName - (name.length - stackName.length);
    throw new ConfigError(
      `the stack name '${stackName}' is too long: S3 allows 63 characters and the bucket would be named ${name}; take up to ${room} characters, or give StagingBucketName and CuratedBucketName`,
    );
  }
}

/** A new name would make a new, empty bucket, table or job and leave the old one behind: refused. */
export function checkNamesKept(given: Record<string, string>, stack: LiveStack): void {
  const faults = Object.entries(namedOutputs).flatMap(([parameter, output]) => {
    const [wanted, is] = [given[parameter], stack.outputs[output]];
    if (wanted === undefined || is === undefined) return [];
    if (wanted === is || wanted === stack.parameters[parameter]) return [];
    return [`${parameter}=${wanted === '' ? "''" : wanted}: it is named ${is}`];
  });
  if (faults.length === 0) return;
  throw new ConfigError(
    `names cannot change on a live stack, a new bucket, table or job would be empty:\n${faults.join('\n')}\nDeploy under another stack name to make a second pipeline.`,
  );
}

interface LiveStack {
  outputs: Record<string, string>;
  parameters: Record<string, string>;
}
