/** What the steps are given: clients typed by the commands they send, the way to the API, clock and chance. */
import type * as S3 from '@aws-sdk/client-s3';
import type { BudgetStore } from '../../pipeline/budget/budget-store.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import type { AwsCredentials } from '../../pipeline/http/auth/sign-request.ts';
import type { TokenCache } from '../../pipeline/http/auth/token-cache.ts';
import type { SecretMask } from '../../pipeline/http/secret-mask.ts';
import type { Send } from '../../pipeline/http/send-request.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import type { Holder } from '../../pipeline/ledger/window.ts';
import type { logEvent } from '../log-event.ts';
import type { FetchEvent } from './read-event.ts';

export interface FetchDeps {
  stagingBucket: string;
  ledger: Ledger;
  s3: ObjectStore;
  /** Sends one request to the API, nothing more. */
  send: Send;
  secrets: Secrets;
  /** Of this process. */
  tokens: TokenCache;
  /** Of the function's own role. */
  credentials: () => Promise<AwsCredentials>;
  budgets: BudgetStore;
  mask: SecretMask;
  /** This invocation. */
  holder: Holder;
  /** Begins another invocation with this event. */
  invokeSelf: (event: FetchEvent) => Promise<void>;
  /** Until Lambda ends the invocation. */
  remainingMs: () => number;
  now: () => Date;
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  log: typeof logEvent;
}

export interface ObjectStore {
  send(command: S3.PutObjectCommand): Promise<S3.PutObjectCommandOutput>;
  send(command: S3.HeadObjectCommand): Promise<S3.HeadObjectCommandOutput>;
  send(command: S3.CreateMultipartUploadCommand): Promise<S3.CreateMultipartUploadCommandOutput>;
  send(command: S3.UploadPartCommand): Promise<S3.UploadPartCommandOutput>;
  send(command: S3.CompleteMultipartUploadCommand): Promise<S3.CompleteMultipartUploadCommandOutput>;
  send(command: S3.AbortMultipartUploadCommand): Promise<S3.AbortMultipartUploadCommandOutput>;
}
