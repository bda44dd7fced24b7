import {
  BatchStopJobRunCommand,
  type BatchStopJobRunCommandOutput,
  GetJobRunsCommand,
  type GetJobRunsCommandOutput,
} from '@aws-sdk/client-glue';
import {
  DeleteFunctionConcurrencyCommand,
  type DeleteFunctionConcurrencyCommandOutput,
  GetFunctionConcurrencyCommand,
  type GetFunctionConcurrencyCommandOutput,
  PutFunctionConcurrencyCommand,
  type PutFunctionConcurrencyCommandOutput,
} from '@aws-sdk/client-lambda';
import { setTimeout as wait } from 'node:timers/promises';
import { DeclinedError } from './errors.ts';

export interface WriterClients {
  lambda: {
    send(command: GetFunctionConcurrencyCommand): Promise<GetFunctionConcurrencyCommandOutput>;
    send(command: PutFunctionConcurrencyCommand): Promise<PutFunctionConcurrencyCommandOutput>;
    send(command: DeleteFunctionConcurrencyCommand): Promise<DeleteFunctionConcurrencyCommandOutput>;
  };
  glue: {
    send(command: GetJobRunsCommand): Promise<GetJobRunsCommandOutput>;
    send(command: BatchStopJobRunCommand): Promise<BatchStopJobRunCommandOutput>;
  };
}

type Names = Record<string, string>;

/**
 * Before a stack is deleted: nothing starts any more, and the running load ends. Functions are paused by a reserved
 * concurrency of 0, because the dispatcher would start the stopped run anew. Answers how to take the pause back.
 */
export async function stopWriters(
  { lambda, glue }: WriterClients,
  outputs: Names,
  onProgress: (line: string) => void,
): Promise<() => Promise<void>> {
  const before = new Map<string, number | undefined>();
  const resume = async (): Promise<void> => {
    for (const [FunctionName, reserved] of before) {
      await (reserved === undefined
        ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
        : lambda.send(
            new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: reserved }),
          ));
    }
  };
  for (const FunctionName of [outputs['FetchFunction'], outputs['DispatchFunction']]) {
    if (FunctionName === undefined) continue;
    await unlessMissing(async () => {
      const found = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
      before.set(FunctionName, found.ReservedConcurrentExecutions);
    });
  }
  const job = outputs['GlueJob'];
  if (job !== undefined) await unlessMissing(() => stopRuns(glue, job, onProgress));
  return resume;
}

const ended = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'];
const longestWaitMs = 5 * 60_000;

async function stopRuns(
  glue: WriterClients['glue'],
  JobName: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const deadline = Date.now() + longestWaitMs;
  let asked = false;
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 5000)) {
    // Newest first, and one at a time: an active run is among the latest.
    const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName, MaxResults: 20 }));
    const active = JobRuns.filter((run) => !ended.includes(run.JobRunState ?? ''));
    if (active.length === 0) return;
    const ids = active.flatMap(({ Id }) => Id ?? []);
    if (!asked) {
      onProgress(`stopping the Glue run ${ids.join(', ')}`);
      await glue.send(new BatchStopJobRunCommand({ JobName, JobRunIds: ids }));
      asked = true;
    }
    if (Date.now() > deadline) {
      throw new DeclinedError(
        `the Glue run ${ids.join(', ')} has not stopped within 5 minutes; nothing was deleted, try again`,
      );
    }
    await wait(pause);
  }
}

/** A stack that was made or deleted halfway lacks some of them. */
async function unlessMissing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const missing = ['ResourceNotFoundException', 'EntityNotFoundException'];
    if (!(error instanceof Error) || !missing.includes(error.name)) throw error;
  }
}
