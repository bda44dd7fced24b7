import { workIndex } from './items.ts';

/** How the ledger's DynamoDB table is made: `LedgerTable` in the template says the same, tests make theirs from it. */
export const ledgerSchema = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'work', AttributeType: 'S' },
    { AttributeName: 'work_at', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: workIndex,
      KeySchema: [
        { AttributeName: 'work', KeyType: 'HASH' },
        { AttributeName: 'work_at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  BillingMode: 'PAY_PER_REQUEST',
} as const;
