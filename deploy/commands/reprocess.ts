import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { confirmByTyping } from '../ask.ts';
import { connect, type Connection } from '../connect.ts';
import { DeclinedError } from '../errors.ts';
import { count } from '../figures.ts';
import { findStack } from '../find-stack.ts';
import { openLedger } from '../open-ledger.ts';
import type { Output } from '../output.ts';
import { readSource } from '../read-deployed.ts';
import { describePlan } from '../reprocess/describe-plan.ts';
import { makeAnew } from '../reprocess/make-anew.ts';
import { planReprocess, type Planned } from '../reprocess/plan-reprocess.ts';

export interface ReprocessOptions {
  stackName: string;
  table: string;
  dryRun: boolean;
  /** Does not ask. */
  yes: boolean;
  region?: string | undefined;
  profile?: string | undefined;
  json: boolean;
  stdout: Output;
  onProgress: (line: string) => void;
  /** Tests put their own here. */
  connection?: Pick<Connection, 'account' | 'region' | 'cloudformation' | 's3' | 'dynamodb'>;
  ledger?: Ledger;
  now?: () => Date;
  sleep?: (ms: number) => Promise<void>;
}

/**
 * `catchwater reprocess --stack S --table T`: reads the raw responses of a table again, with the source as it is deployed,
 * into a new generation that takes the table's place when it is whole. The plan comes first.
 */
export async function runReprocess(options: ReprocessOptions): Promise<number> {
  const {
    stackName,
    table,
    dryRun,
    json,
    stdout,
    onProgress,
    now = () => new Date(),
    sleep = wait,
  } = options;
  const connection = options.connection ?? (await connect(options));
  const { parameters, outputs } = await findStack(stackName, connection);
  const { s3 } = connection;
  const ledger =
    options.ledger ?? openLedger(connection.dynamodb, outputs['LedgerTable'] ?? `${stackName}-ledger`);
  const source = await readSource(s3, parameters['ArtifactBucket'] ?? '', parameters['SourceKey'] ?? '');
  const stagingBucket = outputs['StagingBucket'] ?? '';
  const planned = await planReprocess({ source, table, ledger, s3, stagingBucket, onProgress });
  const { plan } = planned;
  if (!json) stdout.write(`${describePlan(plan)}\n`);
  if (dryRun) {
    if (json) printJson(stdout, { stack: stackName, plan, done: false });
    return 0;
  }
  await confirmPlans([planned], options.yes);
  const [made] = await makeAnew([planned], { ledger, now, sleep, onProgress });
  if (json) printJson(stdout, { stack: stackName, plan, done: true, ...made });
  else {
    const { generation = 0, rows = 0 } = made ?? {};
    stdout.write(`${table}: queries read generation ${generation}, ${count(rows, 'row')}\n`);
  }
  return 0;
}

/** Of something that is under way already nothing is asked. */
export async function confirmPlans(planned: readonly Planned[], yes: boolean): Promise<void> {
  const names = planned.filter(({ plan }) => !plan.underWay).map(({ plan }) => plan.table);
  const [name] = names;
  if (yes || name === undefined) return;
  const question = `${names.join(', ')} will be made anew, as planned above.`;
  if (await confirmByTyping(question, name)) return;
  throw new DeclinedError('not confirmed: nothing was changed');
}

function printJson(stdout: Output, document: Record<string, unknown>): void {
  stdout.write(`${JSON.stringify({ schemaVersion: 1, ...document })}\n`);
}
