import { ConfigError } from '../../pipeline/errors.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readLoad } from '../../pipeline/ledger/load.ts';
import { readWindow } from '../../pipeline/ledger/window.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { feedingOf } from '../../pipeline/table/feeding-of.ts';
import { connect, type Connection } from '../connect.ts';
import { findStack } from '../find-stack.ts';
import { openLedger } from '../open-ledger.ts';
import { readSource } from '../read-deployed.ts';
import { describeFetchDetails } from '../runs/describe-fetch.ts';
import { describeLoadDetails } from '../runs/describe-load.ts';
import { describeRuns } from '../runs/describe-runs.ts';
import { listRuns, type RunFilters } from '../runs/list-runs.ts';
import { readFetchDetails } from '../runs/read-fetch.ts';
import { readLoadDetails } from '../runs/read-load.ts';
import { readSince } from '../runs/read-since.ts';
import { parseRunId } from '../runs/run-id.ts';
import type { LedgerOptions } from './gaps.ts';

export type RunsOptions = LedgerOptions & {
  resource?: string | undefined;
  table?: string | undefined;
  failed: boolean;
  /** ISO 8601: a time, or a span up to now. */
  since?: string | undefined;
  limit: number;
  now?: Date;
};

/** `catchwater runs --stack S`: fetches and loads, the newest first. Exit code 1 where fetches cannot be told of. */
export async function runRuns(options: RunsOptions): Promise<number> {
  const { stackName, json, stdout, stderr, now = new Date() } = options;
  const since = options.since === undefined ? undefined : readSince(options.since, now);
  const { ledger, connection, parameters } = await openStack(options);
  const { ArtifactBucket: bucket = '', SourceKey: key = '' } = parameters;
  const source = await readSource(connection.s3, bucket, key).catch((error: unknown) => String(error));
  // What the resources are only the source says. Loads are there without it.
  const error = typeof source === 'string' ? `the deployed source cannot be read: ${source}` : undefined;
  const resources = typeof source === 'string' ? [] : resourcesOf(source, options);
  const filters: RunFilters = { ...options, since, resources };
  const runs = await listRuns(ledger, filters);
  if (json)
    stdout.write(
      `${JSON.stringify({ schemaVersion: 1, stack: stackName, runs, ...(error !== undefined && { error }) })}\n`,
    );
  else if (runs.length === 0) stdout.write(`${stackName}: no such run\n`);
  else stdout.write(`${describeRuns(runs)}\n`);
  if (error !== undefined) stderr.write(`${error}; only loads are listed\n`);
  return error === undefined ? 0 : 1;
}

/** `catchwater runs show ID --stack S`: one load or fetch in full. */
export async function runShow(options: LedgerOptions & { run: string }): Promise<number> {
  const { stackName, run, json, stdout } = options;
  const id = parseRunId(run);
  const { ledger, connection, outputs } = await openStack(options);
  const print = (details: object, describe: () => string): void =>
    void stdout.write(
      json ? `${JSON.stringify({ schemaVersion: 1, stack: stackName, run: details })}\n` : `${describe()}\n`,
    );
  if ('load' in id) {
    const load = await readLoad(ledger, id.load);
    if (!load) throw unknownRun(run, stackName);
    const stagingBucket = outputs['StagingBucket'] ?? '';
    const details = await readLoadDetails(load, { s3: connection.s3, stagingBucket });
    print(details, () => describeLoadDetails(details));
    return 0;
  }
  const { fetch } = await readWindow(ledger, id);
  if (!fetch) throw unknownRun(run, stackName);
  const details = await readFetchDetails(ledger, fetch);
  print(details, () => describeFetchDetails(details));
  return 0;
}

async function openStack(options: LedgerOptions): Promise<{
  ledger: Ledger;
  connection: Connection;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
}> {
  const { stackName } = options;
  const connection = options.connection ?? (await connect(options));
  const { parameters, outputs } = await findStack(stackName, connection);
  const ledger =
    options.ledger ?? openLedger(connection.dynamodb, outputs['LedgerTable'] ?? `${stackName}-ledger`);
  return { ledger, connection, parameters, outputs };
}

/** Whose fetches are wanted. */
function resourcesOf(source: CompiledSource, { resource, table }: RunsOptions): string[] {
  const names = source.resources.map(({ name }) => name);
  if (resource !== undefined && !names.includes(resource)) {
    throw new ConfigError(
      `the source ${source.name} has no resource '${resource}'; it has ${names.join(', ')}`,
    );
  }
  const feeding = table === undefined ? names : feedingOf(source, table)?.resources;
  if (!feeding) {
    const tables = source.resources.flatMap((one) =>
      [one.table, ...one.child_tables].map(({ name }) => name),
    );
    throw new ConfigError(
      `the source ${source.name} has no table '${table}'; it has ${[...new Set(tables)].join(', ')}`,
    );
  }
  return feeding.filter((name) => resource === undefined || name === resource);
}

function unknownRun(run: string, stackName: string): ConfigError {
  return new ConfigError(`${stackName} has no run '${run}': catchwater runs --stack ${stackName} lists them`);
}
