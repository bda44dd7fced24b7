import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { describeLedger } from '../../support/ledger-cases/describe-ledger.ts';

describeLedger('in memory', async () => ({ table: 'ledger', dynamo: fakeDynamo() }));
