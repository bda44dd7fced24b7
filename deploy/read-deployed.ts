/** What a stack runs and holds, as far as it can be read. Nothing is written. */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { inParallel } from '../pipeline/in-parallel.ts';
import type { Ledger } from '../pipeline/ledger/ledger.ts';
import { readState } from '../pipeline/ledger/resource-state.ts';
import { readTable } from '../pipeline/ledger/tables.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';
import type { StoredTable } from '../pipeline/table/compare-change.ts';
import type { StoredData } from '../pipeline/table/compare-sources.ts';

export interface SourceStore {
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
}

export interface DeployedState {
  source?: CompiledSource;
  stored?: StoredData;
  /** Why one of them is missing. */
  notes: string[];
}

interface Place {
  s3: SourceStore;
  /** The stack's `ArtifactBucket` and `SourceKey`; absent where there is no stack any more. */
  bucket?: string | undefined;
  key?: string | undefined;
  ledger: Ledger;
}

/** `next`: the source whose tables are looked up. */
export async function readDeployed(next: CompiledSource, place: Place): Promise<DeployedState> {
  const notes: string[] = [];
  const { bucket, key } = place;
  const attempt = async <Value>(what: string, read: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read;
    } catch (error) {
      notes.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const source = bucket
    ? await attempt('the deployed source cannot be read', readSource(place.s3, bucket, key ?? ''))
    : undefined;
  const stored = await attempt(
    `what is stored cannot be read from the ledger ${place.ledger.table}`,
    readStored(next, place.ledger),
  );
  return { ...(source && { source }), ...(stored && { stored }), notes };
}

export async function readSource(s3: SourceStore, bucket: string, key: string): Promise<CompiledSource> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const source = JSON.parse((await answer.Body?.transformToString()) ?? '') as CompiledSource;
  if (source.v === 1 && Array.isArray(source.resources)) return source;
  throw new TypeError(`s3://${bucket}/${key} has version ${String(source.v)}, this program reads version 1`);
}

async function readStored(source: CompiledSource, ledger: Ledger): Promise<StoredData> {
  const tables = new Map<string, StoredTable>();
  const building = new Set<string>();
  const cursors = new Set<string>();
  const names = source.resources.flatMap(({ table, child_tables }) =>
    [table, ...child_tables].map(({ name }) => name),
  );
  await inParallel([...new Set(names)], 8, async (name) => {
    const table = await readTable(ledger, name);
    // What is building is what the next load is held against.
    if (table) tables.set(name, table.building ?? table);
    if (table?.building) building.add(name);
  });
  await inParallel(source.resources, 8, async ({ name, incremental }) => {
    if (!incremental) return;
    const { state } = await readState(ledger, name);
    if (Object.keys(state.cursors).length > 0) cursors.add(name);
  });
  return { tables, building, cursors };
}
