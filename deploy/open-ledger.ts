import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Ledger } from '../pipeline/ledger/ledger.ts';

export function openLedger(dynamodb: DynamoDBClient, table: string): Ledger {
  return { table, dynamo: DynamoDBDocumentClient.from(dynamodb) };
}
