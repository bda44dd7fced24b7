/** What the steps are given: settings from the environment, clients typed by the commands they send, clock and chance. */
import type {
  PutEventsCommand as PutEvents,
  PutEventsCommandOutput as PutEventsOutput,
} from '@aws-sdk/client-eventbridge';
import type * as Glue from '@aws-sdk/client-glue';
import type * as S3 from '@aws-sdk/client-s3';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import type { logEvent } from '../log-event.ts';

export interface DispatchSettings {
  stagingBucket: string;
  curatedBucket: string;
  glueJob: string;
  glueDatabase: string;
  region: string;
  /** Age of the oldest pending object that starts a load. */
  batchWindowMs: number;
  /** Pending bytes that start a load earlier. */
  batchBytes: number;
}

export interface DispatchDeps {
  ledger: Ledger;
  s3: Sends<S3.GetObjectCommand, S3.GetObjectCommandOutput> &
    Sends<S3.PutObjectCommand, S3.PutObjectCommandOutput> &
    Sends<S3.ListObjectsV2Command, S3.ListObjectsV2CommandOutput> &
    Sends<S3.ListObjectVersionsCommand, S3.ListObjectVersionsCommandOutput> &
    Sends<S3.DeleteObjectsCommand, S3.DeleteObjectsCommandOutput>;
  glue: Sends<Glue.GetJobRunCommand, Glue.GetJobRunCommandOutput> &
    Sends<Glue.GetJobRunsCommand, Glue.GetJobRunsCommandOutput> &
    Sends<Glue.BatchStopJobRunCommand, Glue.BatchStopJobRunCommandOutput> &
    Sends<Glue.GetTableCommand, Glue.GetTableCommandOutput> &
    Sends<Glue.CreateTableCommand, Glue.CreateTableCommandOutput> &
    Sends<Glue.UpdateTableCommand, Glue.UpdateTableCommandOutput>;
  /** StartJobRun has no client token: a retry after a lost answer would start a second run. So this client never retries. */
  glueOnce: Sends<Glue.StartJobRunCommand, Glue.StartJobRunCommandOutput>;
  eventBridge: Sends<PutEvents, PutEventsOutput>;
  now: () => Date;
  /** Some hexadecimal digits, other ones each time. */
  nonce: () => string;
  log: typeof logEvent;
}

interface Sends<Command, Output> {
  send(command: Command): Promise<Output>;
}
