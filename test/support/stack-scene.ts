/** A deployed stack in memory, whose ledger is filled by the very steps that the functions take. */
import type { Connection } from '../../deploy/connect.ts';
import {
  commitWindow,
  failWindow,
  pauseWindow,
  takeWindow,
  type HoldDeps,
} from '../../pipeline/ledger/hold-window.ts';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import { loadKey } from '../../pipeline/ledger/load.ts';
import { countAttempt, markDone, registerObject } from '../../pipeline/ledger/objects.ts';
import { readWindow, type Failure, type Pause, type WindowResult } from '../../pipeline/ledger/window.ts';
import { makeReceipt, noCounts, type Receipt } from '../../pipeline/receipt.ts';
import { sourceKey, sourceText } from '../../pipeline/source/source-key.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { awsError, fakeClient } from './fake-client.ts';
import { fakeDynamo } from './fake-dynamo.ts';
import { quarantine } from './ledger-cases/loads.ts';
import { landedObject } from './load-samples.ts';

export interface StackParts {
  source: CompiledSource;
  parameters?: Record<string, string>;
  status?: string;
  /** What reading the source answers instead. */
  sourceError?: string;
}

export type StackScene = ReturnType<typeof stackScene>;

export const window = (name: string, more: Partial<WindowResult> = {}): WindowResult => ({
  objects: [landedObject(`raw/${name}`)],
  requests: 1,
  responses: 1,
  ...more,
});

export function stackScene({ source, parameters = {}, status = 'UPDATE_COMPLETE', sourceError }: StackParts) {
  const dynamo = fakeDynamo({ pageSize: 40 });
  const ledger = { table: 'weather-ledger', dynamo };
  const outputs = {
    LedgerTable: 'weather-ledger',
    FetchLogGroup: '/aws/lambda/f',
    DispatchLogGroup: '/aws/lambda/d',
  };
  const given = {
    Cadence: 'rate(5 minutes)',
    ArtifactBucket: 'artifacts',
    SourceKey: sourceKey(source),
    ...parameters,
  };
  const cloudformation = fakeClient({
    DescribeStacksCommand: ({ StackName }: { StackName: string }) => {
      if (StackName !== 'weather') throw awsError('ValidationError', `Stack ${StackName} does not exist`);
      return {
        Stacks: [
          {
            StackId: 'arn:stack',
            StackStatus: status,
            Tags: [{ Key: 'catchwater', Value: 'pipeline' }],
            Parameters: listed(given, 'Parameter'),
            Outputs: listed({ ...outputs, StagingBucket: 'weather-staging' }, 'Output'),
          },
        ],
      };
    },
  });
  const s3 = fakeClient({
    GetObjectCommand: ({ Bucket, Key }: { Bucket: string; Key: string }) => {
      if (sourceError !== undefined) throw awsError(sourceError, `not allowed: ${Bucket}/${Key}`);
      return { Body: { transformToString: async () => sourceText(source) } };
    },
  });
  const deps = (at: string): HoldDeps => ({
    ledger,
    now: () => new Date(Date.parse(at) + 2_000),
    pause: async () => undefined,
  });
  const take = async (resource: string, at: string) => {
    const holder = { request: at, execution: 'x' };
    const id = { resource, slice: 'all', scheduledAt: at };
    const taken = await takeWindow(id, { everyMs: undefined, holder, leaseMs: 60_000 }, deps(at));
    if ('reason' in taken) throw new Error(`not taken: ${taken.reason}`);
    return taken;
  };
  return {
    ledger,
    dynamo,
    connection: {
      account: '000000000000',
      region: 'eu-central-1',
      partition: 'aws',
      cloudformation,
      s3,
    } as unknown as Connection,
    take,
    commit: async (resource: string, at: string, result: WindowResult = window(`${resource}/${at}`)) =>
      commitWindow(await take(resource, at), result, deps(at)),
    pause: async (resource: string, at: string, pause: Pause) =>
      pauseWindow(await take(resource, at), pause, deps(at)),
    fail: async (resource: string, at: string, failure: Failure) =>
      failWindow(await take(resource, at), failure, deps(at)),
    /** The dispatcher puts the window's objects on the list. */
    register: async (resource: string, at: string): Promise<void> => {
      const { fetch } = await readWindow(ledger, { resource, slice: 'all', scheduledAt: at });
      if (!fetch) throw new Error(`no window ${at}`);
      for (const object of fetch.objects ?? [])
        await registerObject(ledger, { fetch, object, now: deps(at).now() });
      const { work: _work, work_at: _at, ...rest } = fetch;
      dynamo.put(rest);
    },
    /** A load has died over that object alone. */
    quarantine: async (key: string, at: Date): Promise<void> => {
      await countAttempt(ledger, { keys: [key], load: 'L1' });
      await quarantine(ledger, key, at);
    },
    /** A load of those objects has come to its end. */
    load: async (id: string, objects: string[], more: Partial<LoadItem> = {}): Promise<void> => {
      dynamo.put({
        ...loadKey(id),
        load: id,
        engine: 'glue',
        state: 'closed',
        token: 1,
        manifest_key: 'm',
        report_key: 'r',
        objects: objects.length,
        bytes: 1000,
        recovers: [],
        created_at: id.slice(0, 20),
        ended_at: id.slice(0, 20),
        ...(more.state === undefined && { receipt: receiptOf({}) }),
        ...more,
      } satisfies LoadItem);
      const done = new Map(objects.map((key) => [key, { rows: 1, quarantined: 0 }]));
      await markDone(ledger, { objects: done, load: id });
    },
  };
}

function listed(values: Record<string, string>, kind: string): object[] {
  return Object.entries(values).map(([name, value]) => ({ [`${kind}Key`]: name, [`${kind}Value`]: value }));
}

/** A table of that name, while a generation of it is being built. */
export function tableBuilding(name: string, building: object, generation = 1): object {
  const layout = { columns: [], partition_by: 'hour', files_per_partition: 1 };
  return { pk: `TABLE#${name}`, sk: 'TABLE', version: 3, name, ...layout, generation, building };
}

export function receiptOf(more: Partial<Receipt>): Receipt {
  const counts = {
    ...noCounts(),
    objects: 1,
    rowsParsed: 12,
    updated: 10,
    inserted: 2,
    files: 3,
    filesWritten: 2,
  };
  return { ...makeReceipt([counts], []), ...more };
}
