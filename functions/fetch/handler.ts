import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { createLedgerStore } from '../../pipeline/budget/ledger-store.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import { sendThrough } from '../../pipeline/http/send-request.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { logEvent } from '../log-event.ts';
import { readEnvironment } from '../read-environment.ts';
import { readSource } from '../read-source.ts';
import { fetchSource, type FetchResult } from './fetch-source.ts';
import { invokeSelf } from './invoke-self.ts';
import { readEvent } from './read-event.ts';
import { createSecrets } from './read-secret.ts';

interface LambdaContext {
  awsRequestId: string;
  functionName: string;
  getRemainingTimeInMillis(): number;
}

const env = readEnvironment([
  'ARTIFACT_BUCKET',
  'SOURCE_KEY',
  'STAGING_BUCKET',
  'LEDGER_TABLE',
  'BUDGET_TABLE',
]);
const now = (): Date => new Date();

/** Four tries of at most three seconds, with their pauses, stay within the time that is kept free for the commit. */
const quick = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
const patient = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
};
const s3 = new S3Client(patient);
const dynamo = DynamoDBDocumentClient.from(new DynamoDBClient(quick));
const secrets = createSecrets(
  { ssm: new SSMClient(quick), secretsManager: new SecretsManagerClient(quick) },
  now,
);
const lambda = new LambdaClient(quick);
const tokens = createTokenCache();
const ledger = { table: env.LEDGER_TABLE, dynamo };

let kept: Promise<CompiledSource> | undefined;

export async function handler(event: unknown, context: LambdaContext): Promise<FetchResult> {
  // A failed read is not kept: the next invocation tries again.
  kept ??= readSource(s3, env.ARTIFACT_BUCKET, env.SOURCE_KEY).catch((error: unknown) => {
    kept = undefined;
    throw error;
  });
  const source = await kept;
  const resources = source.resources.map((resource) => resource.name);
  const checked = readEvent(event, { resources, now: now() });
  // One for each invocation: connections that were frozen with the function would be dead at the next one.
  const agent = new Agent({
    connections: source.client.concurrency,
    connect: { timeout: 10_000 },
    // The deadline of a request is its signal, from the first byte sent to the last one received.
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
  try {
    return await fetchSource(source, checked, {
      stagingBucket: env.STAGING_BUCKET,
      ledger,
      s3,
      send: sendThrough(agent),
      secrets,
      tokens,
      // Those that the client signs its own requests with.
      credentials: () => s3.config.credentials(),
      budgets: createLedgerStore({ table: env.BUDGET_TABLE, dynamo }),
      mask: createSecretMask(),
      holder: { request: context.awsRequestId, execution: randomUUID() },
      invokeSelf: (next) => invokeSelf(lambda, context.functionName, next),
      remainingMs: () => context.getRemainingTimeInMillis(),
      now,
      random: Math.random,
      sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
      log: logEvent,
    });
  } finally {
    await agent.destroy();
  }
}
