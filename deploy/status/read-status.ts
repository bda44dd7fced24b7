/** Everything that `status` shows and `doctor` judges. Only reads. */
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { GapItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';
import { listGaps } from '../commands/gaps.ts';
import type { Connection } from '../connect.ts';
import type { StackState } from '../describe-stack.ts';
import { findStack } from '../find-stack.ts';
import { openLedger } from '../open-ledger.ts';
import { readSource } from '../read-deployed.ts';
import { readStock, type StockStatus } from './read-stock.ts';
import { readLoads, type LoadsStatus } from './read-loads.ts';
import { readQuarantined, type QuarantinedObject } from './read-quarantined.ts';
import { readResource } from './read-resource.ts';
import type { ResourceStatus } from './resource-status.ts';
import { readTables, type TableStatus } from './read-tables.ts';
import { readWaiting, type WaitingObjects } from './read-waiting.ts';

export interface StackStatus {
  stack: string;
  account: string;
  region: string;
  readAt: Date;
  /** Of CloudFormation. */
  state: StackState;
  /** A part that cannot be read is told of in its place. */
  source: Readable<CompiledSource>;
  ledger: Readable<LedgerStatus> & { table: string };
}

export type Readable<Value> = { value: Value } | { error: string };

export interface LedgerStatus {
  resources: ResourceStatus[];
  tables: TableStatus[];
  loads: LoadsStatus;
  waiting: Omit<WaitingObjects, 'pending'>;
  rawObjects: StockStatus;
  quarantined: QuarantinedObject[];
  gaps: GapItem[];
}

interface Options {
  stackName: string;
  connection: Connection;
  /** Tests put one of their own here. */
  ledger?: Ledger | undefined;
  now: Date;
}

const width = 4;

/** Throws where there is no such stack; what else cannot be read is told of. */
export async function readStatus({ stackName, connection, now, ...options }: Options): Promise<StackStatus> {
  const { account, region, s3, dynamodb } = connection;
  const state = await findStack(stackName, connection);
  const { ArtifactBucket: bucket = '', SourceKey: key = '' } = state.parameters;
  const ledger =
    options.ledger ?? openLedger(dynamodb, state.outputs['LedgerTable'] ?? `${stackName}-ledger`);
  const source = await attempt(readSource(s3, bucket, key));
  // Loads and gaps are there without the source, too.
  const resources = 'value' in source ? source.value.resources : [];
  const read = await attempt(readLedger(ledger, resources, now));
  return {
    stack: stackName,
    account,
    region,
    readAt: now,
    state,
    source,
    ledger: { table: ledger.table, ...read },
  };
}

async function readLedger(
  ledger: Ledger,
  compiled: readonly CompiledResource[],
  now: Date,
): Promise<LedgerStatus> {
  const found = new Map<string, ResourceStatus>();
  await inParallel(compiled, width, async (resource) => {
    found.set(resource.name, await readResource(ledger, resource, now));
  });
  const names = compiled.map(({ name }) => name);
  const resources = names.flatMap((name) => found.get(name) ?? []);
  const [loads, rawObjects, { pending, ...waiting }] = await Promise.all([
    readLoads(ledger),
    readStock(ledger),
    readWaiting(ledger, names),
  ]);
  const tables = await readTables(ledger, resources, pending);
  const quarantined = await readQuarantined(ledger);
  return { resources, tables, loads, waiting, rawObjects, quarantined, gaps: await listGaps(ledger) };
}

async function attempt<Value>(read: Promise<Value>): Promise<Readable<Value>> {
  try {
    return { value: await read };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
