/** A pipeline in the shared local AWS for a source file of the test's own, against an API that the test scripts. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { queryTables, type AnswerRow } from '../../local/query-tables.ts';
import type { FetchItem, LoadItem } from '../../pipeline/ledger/items.ts';
import { readState, type ResourceState } from '../../pipeline/ledger/resource-state.ts';
import { configOf, deployLocalStack, type LocalStack } from './local-stack.ts';
import { listFiles } from './read-table.ts';

export interface ScriptedStack extends LocalStack {
  /** Fetches these resources, or all; one minute later each time, as the schedule would have it. */
  tick(resources?: string[]): Promise<{ error?: string }>;
  lastFetch(resource: string): Promise<FetchItem | undefined>;
  stateOf(resource: string): Promise<ResourceState>;
  /** Waits until all that these resources have committed is loaded. */
  loadAll(resources: string[]): Promise<LoadItem[]>;
  /** Of all raw objects, committed or not. */
  rawTexts(): Promise<string[]>;
  /** Asks Athena. */
  query(sql: string): Promise<AnswerRow[]>;
}

/** `{api}` in the source stands for the address of the API. */
export async function deployScripted(
  source: string,
  { apiUrl, parameters = [] }: { apiUrl: string; parameters?: string[] },
): Promise<ScriptedStack> {
  const folder = mkdtempSync(join(tmpdir(), 'catchwater-scripted-'));
  const file = join(folder, 'source.yaml');
  writeFileSync(file, source.replaceAll('{api}', apiUrl));
  const stack = await deployLocalStack({ source: file, baseUrl: `${apiUrl}/`, parameters }).finally(() =>
    rmSync(folder, { recursive: true, force: true }),
  );
  const { environment, outputs, clients } = stack;
  const ledger = { table: outputs['LedgerTable'] ?? '', dynamo: clients.ledger };
  const athena = new AthenaClient(configOf(environment));
  let minute = 0;
  return {
    ...stack,
    tick: (resources) =>
      stack.fetch(new Date(Date.UTC(2026, 10, 21, 9, (minute += 1))).toISOString(), resources),
    lastFetch: async (resource) => (await stack.fetches(resource)).at(-1),
    stateOf: async (resource) => (await readState(ledger, resource)).state,
    loadAll: async (resources) => {
      const fetches = (await Promise.all(resources.map((resource) => stack.fetches(resource)))).flat();
      return stack.untilLoaded(fetches.reduce((sum, { objects = [] }) => sum + objects.length, 0));
    },
    rawTexts: async () => {
      const Bucket = outputs['StagingBucket'] ?? '';
      const files = await listFiles(clients.s3, Bucket, 'raw/');
      return Promise.all(
        files.map(async ({ key: Key }) => {
          const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
          return gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString();
        }),
      );
    },
    query: (sql) =>
      queryTables(sql, {
        athena,
        workgroup: outputs['Workgroup'] ?? '',
        database: outputs['Database'] ?? '',
        signal: AbortSignal.timeout(60_000),
      }),
  };
}
