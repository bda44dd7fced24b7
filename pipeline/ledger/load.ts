/**
 * The life of a load: prepared → started → committed → closed, or failed. Lease and load change together, in one
 * transaction, where they must: so a lease always names a load that exists, and a load that is over never holds it.
 */
import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Receipt } from '../receipt.ts';
import type { CheckedFiles, LeaseItem, LoadItem, ObjectItem } from './items.ts';
import { countDeath, leaseKey } from './lease.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { quarantineUpdate } from './objects.ts';

export function loadKey(load: string): { pk: string; sk: string } {
  return { pk: 'LOAD', sk: load };
}

export async function readLoad(ledger: Ledger, load: string): Promise<LoadItem | undefined> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: loadKey(load), ConsistentRead: true }),
  );
  return answer.Item as LoadItem | undefined;
}

/**
 * Takes the lease for a load whose manifest is written. The lease must be as it was when the objects were confirmed to
 * be pending: no load has run since, so they still are.
 */
export function prepareLoad(ledger: Ledger, seen: LeaseItem, load: LoadItem): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: ledger.table,
              Key: leaseKey,
              ...expressions({
                update:
                  'SET #token = :token, #load = :load, #taken_at = :now, #dead_loads = if_not_exists(#dead_loads, :none)',
                condition: 'attribute_not_exists(#load) AND (attribute_not_exists(#token) OR #token = :seen)',
                values: {
                  token: load.token,
                  load: load.load,
                  now: load.created_at,
                  none: [],
                  seen: seen.token,
                },
              }),
            },
          },
          {
            Put: {
              TableName: ledger.table,
              Item: load,
              ...expressions({ condition: 'attribute_not_exists(#pk)' }),
            },
          },
        ],
      }),
    ),
  );
}

/**
 * The right to call StartJobRun for this load, until then; false when someone else has it. `load` is the item as it was
 * before the caller looked for a run that somebody started and did not record.
 */
export function claimStart(ledger: Ledger, load: LoadItem, until: Date): Promise<boolean> {
  const seen = load.starting_until;
  return change(ledger, load.load, {
    update: 'SET #starting_until = :until',
    condition: `#state = :prepared AND ${seen === undefined ? 'attribute_not_exists(#starting_until)' : '#starting_until = :seen'}`,
    values: { prepared: 'prepared', until: until.toISOString(), ...(seen !== undefined && { seen }) },
  });
}

export function markStarted(ledger: Ledger, load: string, jobRunId: string, now: Date): Promise<boolean> {
  return change(ledger, load, {
    update: 'SET #state = :started, #job_run_id = :run, #started_at = :now REMOVE #starting_until',
    condition: '#state = :prepared',
    values: { started: 'started', prepared: 'prepared', run: jobRunId, now: now.toISOString() },
  });
}

/** So many of the load's files are as its report says; false when it is no longer to be judged. */
export function noteChecked(ledger: Ledger, load: string, checked: CheckedFiles): Promise<boolean> {
  return change(ledger, load, {
    update: 'SET #checked = :checked',
    condition: '#state = :started',
    values: { started: 'started', checked },
  });
}

export function markCommitted(ledger: Ledger, load: string, receipt: Receipt, now: Date): Promise<boolean> {
  return change(ledger, load, {
    update: 'SET #state = :committed, #receipt = :receipt, #ended_at = :now REMOVE #checked',
    condition: '#state = :started',
    values: { committed: 'committed', started: 'started', receipt, now: now.toISOString() },
  });
}

/** What is wrong with a load. */
export interface Fault {
  error: string;
  /** Only its sums: the engine has ended well. */
  unbalanced?: true;
  /** Of a load whose report could be read. */
  receipt?: Receipt | undefined;
}

export function markFailed(
  ledger: Ledger,
  load: string,
  { error, unbalanced, receipt }: Fault,
  now: Date,
): Promise<boolean> {
  const also = `${unbalanced ? ', #unbalanced = :unbalanced' : ''}${receipt ? ', #receipt = :receipt' : ''}`;
  return change(ledger, load, {
    update: `SET #state = :failed, #error = :error, #ended_at = :now${also} REMOVE #checked`,
    condition: '#state = :started',
    values: {
      failed: 'failed',
      started: 'started',
      error,
      now: now.toISOString(),
      ...(unbalanced && { unbalanced }),
      ...(receipt && { receipt }),
    },
  });
}

/** Everything that follows a commit is done: the lease is free, the run of dead loads is over. */
export function closeLoad(
  ledger: Ledger,
  { load, passes_by }: Pick<LoadItem, 'load' | 'passes_by'>,
): Promise<boolean> {
  return end(ledger, load, {
    load: {
      update: 'SET #state = :closed REMOVE #work, #work_at',
      condition: '#state = :committed',
      values: { closed: 'closed', committed: 'committed' },
    },
    lease: {
      update: `SET #dead_loads = :none REMOVE #load, #taken_at, #fresh_deaths, #not_before${passes_by ? '' : ', #stalled, #retry_not_before'}`,
      condition: '#load = :load',
      values: { none: [], load },
    },
  });
}

/** A failed load, and the object that killed it, where it stood alone. */
export interface Death {
  load: Pick<LoadItem, 'load' | 'retry' | 'error'>;
  culprit?: ObjectItem | undefined;
  now: Date;
}

/**
 * Everything that follows a failure is done: the lease is free, and holds how the circuit breaker stands; the culprit is
 * in quarantine.
 */
export function buryLoad(ledger: Ledger, lease: LeaseItem, { load, culprit, now }: Death): Promise<boolean> {
  const changes = countDeath(lease, load, now);
  const sets = Object.keys(changes).map((name) => `#${name} = :${name}`);
  return end(ledger, load.load, {
    load: {
      update: 'REMOVE #work, #work_at',
      condition: '#state = :failed',
      values: { failed: 'failed' },
    },
    lease: {
      update: `SET ${sets.join(', ')} REMOVE #load, #taken_at`,
      condition: '#load = :load',
      values: { ...changes, load: load.load },
    },
    more: culprit ? [{ Update: quarantineUpdate(ledger, culprit, { error: load.error ?? '', now }) }] : [],
  });
}

interface Change {
  update: string;
  condition: string;
  values: Record<string, unknown>;
}

function change(ledger: Ledger, load: string, parts: Change): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({ TableName: ledger.table, Key: loadKey(load), ...expressions(parts) }),
    ),
  );
}

interface Ending {
  load: Change;
  lease: Change;
  more?: { Update: ReturnType<typeof quarantineUpdate> }[];
}

function end(ledger: Ledger, load: string, parts: Ending): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new TransactWriteCommand({
        TransactItems: [
          { Update: { TableName: ledger.table, Key: loadKey(load), ...expressions(parts.load) } },
          { Update: { TableName: ledger.table, Key: leaseKey, ...expressions(parts.lease) } },
          ...(parts.more ?? []),
        ],
      }),
    ),
  );
}
