/** The engine's run in Glue: which one is ours, how it stands. */
import {
  BatchStopJobRunCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  type JobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

type Glue = Pick<DispatchDeps, 'glue'>;

export async function requestRun(
  load: LoadItem,
  settings: DispatchSettings,
  { glueOnce }: Pick<DispatchDeps, 'glueOnce'>,
): Promise<string | undefined> {
  const answer = await glueOnce.send(
    new StartJobRunCommand({
      JobName: settings.glueJob,
      Arguments: { '--manifest': manifestUri(load, settings), '--region': settings.region },
    }),
  );
  return answer.JobRunId;
}

/** The run that was started for this load, if there is one: its `--manifest` argument names the load. */
export async function findRun(
  load: LoadItem,
  settings: DispatchSettings,
  { glue }: Glue,
): Promise<string | undefined> {
  const uri = manifestUri(load, settings);
  // Runs come newest first; an hour of slack between Glue's clock and ours is more than enough.
  const oldest = new Date(Date.parse(load.created_at) - 3_600_000);
  let next: string | undefined;
  do {
    const page = await glue.send(
      new GetJobRunsCommand({ JobName: settings.glueJob, ...(next !== undefined && { NextToken: next }) }),
    );
    const runs = page.JobRuns ?? [];
    const ours = runs.find((run) => run.Arguments?.['--manifest'] === uri);
    if (ours) return ours.Id;
    const last = runs.at(-1)?.StartedOn;
    next = last && last < oldest ? undefined : page.NextToken;
  } while (next);
  return undefined;
}

/** Undefined when Glue knows no such run. */
export async function readRun(
  jobRunId: string,
  settings: DispatchSettings,
  { glue }: Glue,
): Promise<JobRun | undefined> {
  try {
    const answer = await glue.send(new GetJobRunCommand({ JobName: settings.glueJob, RunId: jobRunId }));
    return answer.JobRun;
  } catch (error) {
    if (error instanceof Error && error.name === 'EntityNotFoundException') return undefined;
    throw error;
  }
}

/** Asks Glue to stop the run; false when there is nothing that Glue could stop, and so nothing to wait for. */
export async function stopRun(
  jobRunId: string,
  settings: DispatchSettings,
  { glue }: Glue,
): Promise<boolean> {
  const answer = await glue.send(
    new BatchStopJobRunCommand({ JobName: settings.glueJob, JobRunIds: [jobRunId] }),
  );
  return (answer.SuccessfulSubmissions ?? []).length > 0;
}

function manifestUri(load: LoadItem, settings: DispatchSettings): string {
  return `s3://${settings.stagingBucket}/${load.manifest_key}`;
}
