/**
 * The AWS that the dispatcher sees, in memory: ledger, staging bucket, Glue runs and catalog, EventBridge. Time stands
 * still but for a millisecond per look at the clock. Every call goes through a gate, where a test may hold it, or end the
 * wake-up that makes it.
 */
import type { PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import {
  BatchStopJobRunCommand,
  CreateTableCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  GetTableCommand,
  type JobRun,
  StartJobRunCommand,
  type Table,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import {
  DeleteObjectsCommand,
  type GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { DispatchDeps, DispatchSettings } from '../../functions/dispatch/deps.ts';
import type { LeaseItem, LoadItem, ObjectItem } from '../../pipeline/ledger/items.ts';
import { readManifest, type Manifest, type ManifestLine } from '../../pipeline/manifest.ts';
import { readNdjson } from '../../pipeline/ndjson.ts';
import { fakeDynamo } from './fake-dynamo.ts';
import { filesOf, reportBytes, reportOn } from './fake-engine.ts';
import { fakeRaw } from './fake-raw.ts';
import { etagOf } from './parquet-file.ts';

export interface Logged {
  event: string;
  level: string;
  [field: string]: unknown;
}

/** Around every call to AWS: may wait before it, may throw before or after it. */
export type Gate = (call: string, effect: () => Promise<unknown>) => Promise<unknown>;

export const settings: DispatchSettings = {
  stagingBucket: 'staging',
  curatedBucket: 'curated',
  glueJob: 'partition',
  glueDatabase: 'weather',
  region: 'eu-central-1',
  batchWindowMs: 0,
  batchBytes: 1e9,
};

export type FakeAws = ReturnType<typeof fakeAws>;

const terminal = ['SUCCEEDED', 'FAILED', 'ERROR', 'TIMEOUT', 'STOPPED', 'EXPIRED'];

export function fakeAws(options: { catchUp?: (behind: number) => number; oneRunAtATime?: boolean } = {}) {
  const dynamo = fakeDynamo(options);
  const world = {
    dynamo,
    clock: Date.parse('2026-11-21T10:05:00Z'),
    objects: new Map<string, Buffer>(),
    raw: fakeRaw(() => dynamo.items.values()),
    /** Of some of them. */
    metadata: new Map<string, Record<string, string>>(),
    /** Newest first. */
    runs: [] as JobRun[],
    tables: new Map<string, Table>(),
    events: [] as PutEventsRequestEntry[],
    logs: [] as Logged[],
    nonces: 0,
  };

  const s3 = (command: unknown): unknown => {
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body = '', IfNoneMatch } = command.input;
      if (IfNoneMatch === '*' && world.objects.has(Key)) throw named('PreconditionFailed');
      world.objects.set(Key, Buffer.from(Body as Buffer));
      return {};
    }
    if (command instanceof ListObjectsV2Command) return listFiles(command);
    if (command instanceof ListObjectVersionsCommand) return world.raw.list(command);
    if (command instanceof DeleteObjectsCommand) {
      for (const { Key = '' } of command.input.Delete?.Objects ?? []) world.objects.delete(Key);
      return {};
    }
    const { Key = '', Range, IfMatch } = (command as GetObjectCommand).input;
    const bytes = world.objects.get(Key);
    if (!bytes) throw named('NoSuchKey');
    if (IfMatch !== undefined && IfMatch !== etagOf(bytes)) throw named('PreconditionFailed');
    // Ranges are asked of small files only: all of one is its end, too.
    if (Range === undefined) {
      const text = { transformToString: async () => bytes.toString() };
      return { Body: Object.assign(Readable.from([bytes]), text) };
    }
    const Metadata = world.metadata.get(Key);
    return { Body: { transformToByteArray: async () => bytes }, ETag: etagOf(bytes), Metadata };
  };

  /** Two to a page. */
  const listFiles = ({ input: { Prefix = '', StartAfter = '' } }: ListObjectsV2Command): object => {
    const keys = [...world.objects.keys()].filter((key) => key.startsWith(Prefix) && key > StartAfter);
    const page = keys.toSorted((one, other) => (one < other ? -1 : 1)).slice(0, 2);
    return { Contents: page.map((Key) => ({ Key })), IsTruncated: page.length < keys.length };
  };

  const glue = (command: unknown): unknown => {
    if (command instanceof StartJobRunCommand) {
      const active = world.runs.some(({ JobRunState }) => !terminal.includes(JobRunState ?? ''));
      if (active && options.oneRunAtATime) throw named('ConcurrentRunsExceededException');
      if (active) throw new Error('two runs at once');
      const run: JobRun = {
        Id: `jr_${world.runs.length + 1}`,
        JobRunState: 'RUNNING',
        StartedOn: new Date(world.clock),
        Timeout: 60,
        Arguments: command.input.Arguments,
      };
      world.runs.unshift(run);
      return { JobRunId: run.Id };
    }
    if (command instanceof GetJobRunCommand) {
      const run = world.runs.find(({ Id }) => Id === command.input.RunId);
      if (!run) throw named('EntityNotFoundException');
      return { JobRun: run };
    }
    if (command instanceof GetJobRunsCommand) {
      const start = Number(command.input.NextToken ?? 0);
      const next = start + 2;
      return {
        JobRuns: world.runs.slice(start, next),
        ...(next < world.runs.length && { NextToken: String(next) }),
      };
    }
    if (command instanceof BatchStopJobRunCommand) {
      const run = world.runs.find(({ Id }) => Id === command.input.JobRunIds?.[0]);
      // Glue stops nothing that has ended.
      if (!run || terminal.includes(run.JobRunState ?? '')) {
        return { Errors: [{ JobRunId: command.input.JobRunIds?.[0] }] };
      }
      run.JobRunState = 'STOPPING';
      return { SuccessfulSubmissions: [{ JobRunId: run.Id }] };
    }
    if (command instanceof GetTableCommand) {
      const table = world.tables.get(command.input.Name ?? '');
      if (!table) throw named('EntityNotFoundException');
      return { Table: structuredClone(table) };
    }
    if (command instanceof CreateTableCommand || command instanceof UpdateTableCommand) {
      const name = command.input.TableInput?.Name ?? '';
      const old = world.tables.get(name);
      if (command instanceof CreateTableCommand && old) throw named('AlreadyExistsException');
      if (command instanceof UpdateTableCommand && command.input.VersionId !== old?.VersionId)
        throw named('ConcurrentModificationException');
      const VersionId = String(Number(old?.VersionId ?? 0) + 1);
      world.tables.set(name, structuredClone({ ...command.input.TableInput, Name: name, VersionId }));
      return {};
    }
    throw new Error(`the fake Glue does not know ${String(command)}`);
  };

  const eventBridge = (command: unknown): unknown => {
    const entries = (command as PutEventsCommand).input.Entries ?? [];
    world.events.push(...entries);
    return { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: 'e' })) };
  };

  /** The dependencies of one wake-up. */
  const deps = (gate: Gate = (_, effect) => effect()): DispatchDeps => {
    const client = (answer: (command: unknown) => unknown): never =>
      ({
        send: (command: object) => gate(command.constructor.name, async () => answer(command)),
      }) as never;
    return {
      ledger: { table: 'ledger', dynamo: client((command) => dynamo.send(command as never)) },
      s3: client(s3),
      glue: client(glue),
      glueOnce: client(glue),
      eventBridge: client(eventBridge),
      now: () => new Date((world.clock += 1)),
      nonce: () => String((world.nonces += 1)).padStart(4, '0'),
      log: (event, fields, level) => void world.logs.push({ event, level: level ?? 'INFO', ...fields }),
    };
  };

  const manifestOf = (run: JobRun): Promise<Manifest> => {
    const key = run.Arguments?.['--manifest']?.replace('s3://staging/', '') ?? '';
    return readManifest(readNdjson<ManifestLine>(Readable.from([world.objects.get(key) ?? Buffer.alloc(0)])));
  };

  return Object.assign(world, {
    deps,
    manifestOf,
    /** The run that has not ended, if there is one. */
    activeRun: () => world.runs.find(({ JobRunState }) => !terminal.includes(JobRunState ?? '')),
    async succeed(run: JobRun): Promise<void> {
      const manifest = await manifestOf(run);
      for (const [key, file] of filesOf(reportOn(manifest))) world.objects.set(key, file);
      world.objects.set(manifest.header.report_key, await reportBytes(manifest));
      run.JobRunState = 'SUCCEEDED';
    },
    die(run: JobRun, state: NonNullable<JobRun['JobRunState']> = 'FAILED'): void {
      run.JobRunState = state;
      run.ErrorMessage = 'out of memory';
    },
    lease: () =>
      world.dynamo.items.get(JSON.stringify(['LEASE', 'LEASE'])) as unknown as LeaseItem | undefined,
    loads: () => [...dynamo.items.values()].filter(({ pk }) => pk === 'LOAD') as unknown as LoadItem[],
    rawObjects: () =>
      [...dynamo.items.values()].filter(({ pk }) => pk.startsWith('OBJECT#')) as unknown as ObjectItem[],
  });
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
