import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomBytes } from 'node:crypto';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { logEvent } from '../log-event.ts';
import { readEnvironment } from '../read-environment.ts';
import { readSource } from '../read-source.ts';
import type { DispatchDeps } from './deps.ts';
import { readSettings } from './read-settings.ts';
import { readWakeUp } from './read-wake-up.ts';
import { reconcile } from './reconcile.ts';

const env = readEnvironment([
  'ARTIFACT_BUCKET',
  'AWS_REGION',
  'BATCH_BYTES',
  'BATCH_WINDOW_MINUTES',
  'CURATED_BUCKET',
  'GLUE_DATABASE',
  'GLUE_JOB',
  'LEDGER_TABLE',
  'SOURCE_KEY',
  'STAGING_BUCKET',
]);
const settings = readSettings(env);
const deps: DispatchDeps = {
  ledger: {
    table: env.LEDGER_TABLE,
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient({}), {
      marshallOptions: { removeUndefinedValues: true },
    }),
  },
  s3: new S3Client({}),
  glue: new GlueClient({}),
  glueOnce: new GlueClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 20_000, throwOnRequestTimeout: true },
  }),
  eventBridge: new EventBridgeClient({}),
  now: () => new Date(),
  nonce: () => randomBytes(4).toString('hex'),
  log: logEvent,
};
let source: Promise<CompiledSource> | undefined;

/** An SQS batch of S3 events, a Glue state change or a tick: all wake the same reconciler. */
export async function handler(event: unknown): Promise<{ batchItemFailures: [] }> {
  for (const ignored of readWakeUp(event)) deps.log('message ignored', { ...ignored }, 'WARN');
  // A failed read is not kept: the next invocation tries again.
  source ??= readSource(deps.s3, env.ARTIFACT_BUCKET, env.SOURCE_KEY).catch((error: unknown) => {
    source = undefined;
    throw error;
  });
  await reconcile(await source, settings, deps);
  return { batchItemFailures: [] };
}
