import { createLedgerStore } from '../../../pipeline/budget/ledger-store.ts';
import { createMemoryStore } from '../../../pipeline/budget/memory-store.ts';
import { describeBudgets } from '../../support/budget-cases.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';

describeBudgets('in memory', async () => createMemoryStore());
describeBudgets('in a ledger in memory', async () =>
  createLedgerStore({ table: 'ledger', dynamo: fakeDynamo() }),
);
