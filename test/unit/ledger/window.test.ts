import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { describeWindows } from '../../support/window-cases.ts';

describeWindows('in memory', async () => ({ table: 'ledger', dynamo: fakeDynamo() }));
