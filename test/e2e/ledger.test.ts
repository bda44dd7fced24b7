import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import { createLedgerStore } from '../../pipeline/budget/ledger-store.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { ledgerSchema } from '../../pipeline/ledger/schema.ts';
import { describeBudgets } from '../support/budget-cases.ts';
import { describeLedger } from '../support/ledger-cases/describe-ledger.ts';
import { startPlainAws, type PlainAws } from '../support/plain-aws.ts';

describe('DynamoDB of the local AWS', function () {
  this.timeout(60_000);
  let aws: PlainAws;
  before(async () => {
    aws = await startPlainAws();
  });
  after(() => aws.stop());

  const makeLedger = async (): Promise<Ledger> => {
    const client = new DynamoDBClient(aws.config);
    const table = `ledger-${randomUUID()}`;
    await client.send(
      new CreateTableCommand({ TableName: table, ...structuredClone(ledgerSchema) } as never),
    );
    return { table, dynamo: DynamoDBDocumentClient.from(client) };
  };

  describeLedger('on DynamoDB', makeLedger);
  describeBudgets('on DynamoDB', async () => createLedgerStore(await makeLedger()));
});
