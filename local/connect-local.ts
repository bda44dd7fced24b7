import { AthenaClient } from '@aws-sdk/client-athena';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CatchwaterError } from '../pipeline/errors.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';

const outputs = [
  'CuratedBucket',
  'Database',
  'DispatchLogGroup',
  'FetchLogGroup',
  'GlueJob',
  'LedgerTable',
  'StagingBucket',
  'Workgroup',
] as const;

export interface LocalClients {
  names: Record<(typeof outputs)[number], string>;
  ledger: Ledger;
  athena: AthenaClient;
  glue: GlueClient;
  logs: CloudWatchLogsClient;
  s3: S3Client;
  close(): void;
}

/** Clients for what the deployed stack has made, wherever the environment leads them. */
export function connectLocal(given: Record<string, string>): LocalClients {
  const missing = outputs.filter((name) => !given[name]);
  if (missing.length > 0) throw new CatchwaterError(`the stack has no output ${missing.join(', ')}`);
  const [athena, dynamo, glue, logs, s3] = [
    new AthenaClient(),
    new DynamoDBClient(),
    new GlueClient(),
    new CloudWatchLogsClient(),
    new S3Client(),
  ];
  return {
    names: Object.fromEntries(outputs.map((name) => [name, given[name]])) as LocalClients['names'],
    ledger: { table: given['LedgerTable'] ?? '', dynamo: DynamoDBDocumentClient.from(dynamo) },
    athena,
    glue,
    logs,
    s3,
    close() {
      for (const client of [athena, dynamo, glue, logs, s3]) client.destroy();
    },
  };
}
