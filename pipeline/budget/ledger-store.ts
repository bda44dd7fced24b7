import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { BudgetItem } from '../ledger/items.ts';
import { expressions, won, type Ledger } from '../ledger/ledger.ts';
import { emptyRecord } from './budget-record.ts';
import type { BudgetStore } from './budget-store.ts';

/** Budgets in a ledger: shared by all that use its table, and by no others. */
export function createLedgerStore({ table, dynamo }: Ledger): BudgetStore {
  return {
    read: async (name) => {
      const answer = await dynamo.send(
        new GetCommand({ TableName: table, Key: keyOf(name), ConsistentRead: true }),
      );
      if (!answer.Item) return { record: emptyRecord, version: 0 };
      const { version, at, spent, not_before, learnt } = answer.Item as BudgetItem;
      return {
        record: { at, spent, ...(not_before !== undefined && { not_before }), ...(learnt && { learnt }) },
        version,
      };
    },
    write: (name, { record, version }) =>
      won(
        dynamo.send(
          new PutCommand({
            TableName: table,
            Item: { ...keyOf(name), ...record, version: version + 1 } satisfies BudgetItem,
            ...expressions(
              version === 0
                ? { condition: 'attribute_not_exists(#pk)' }
                : { condition: '#version = :seen', values: { seen: version } },
            ),
          }),
        ),
      ),
  };
}

function keyOf(name: string): { pk: string; sk: string } {
  return { pk: `BUDGET#${name}`, sk: 'BUDGET' };
}
