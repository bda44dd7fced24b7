/** What the ledger knows of tables. */
import { inParallel } from '../../pipeline/in-parallel.ts';
import type { Building, TableItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import type { LoadedWindow } from './find-loaded.ts';
import type { ResourceStatus } from './resource-status.ts';
import type { Waiting } from './read-waiting.ts';

export interface TableStatus {
  table: string;
  /** Those that feed it. */
  resources: string[];
  /** False: no load has ever begun for it. */
  isStored: boolean;
  waiting: Waiting;
  /** The newest window whose rows are in it. */
  loaded?: LoadedWindow;
  /** Of the generation in use; the first is 1. */
  generation: number;
  /** A generation that is being built beside it. */
  building?: { generation: number; since: string; objects: number; fault?: string };
  /** What was fetched before has vanished at the source; the next load takes it out. */
  sweep?: string;
}

const width = 8;

export async function readTables(
  ledger: Ledger,
  resources: readonly ResourceStatus[],
  pending: ReadonlyMap<string, Waiting>,
): Promise<TableStatus[]> {
  const names = [...new Set(resources.flatMap(({ tables }) => tables))];
  const items = new Map<string, TableItem>();
  await inParallel(names, width, async (name) => {
    const item = await readTable(ledger, name);
    if (item) items.set(name, item);
  });
  return names.map((table) => {
    const feeding = resources.filter(({ tables }) => tables.includes(table));
    const loaded = feeding
      .flatMap((resource) => resource.loaded ?? [])
      .toSorted((one, other) => (one.load < other.load ? -1 : 1))
      .at(-1);
    return {
      table,
      resources: feeding.map(({ resource }) => resource),
      waiting: addUp(feeding.flatMap(({ resource }) => pending.get(resource) ?? [])),
      ...(loaded && { loaded }),
      ...describeItem(items.get(table)),
    };
  });
}

function describeItem(
  item: TableItem | undefined,
): Pick<TableStatus, 'isStored' | 'generation' | 'building' | 'sweep'> {
  const { generation = 1, building, sweep } = item ?? {};
  return {
    isStored: item !== undefined,
    generation,
    ...(building && { building: describeBuilding(building) }),
    ...(sweep !== undefined && { sweep }),
  };
}

function describeBuilding({
  generation,
  since,
  objects,
  fault,
}: Building): NonNullable<TableStatus['building']> {
  return { generation, since, objects, ...(fault !== undefined && { fault }) };
}

function addUp(parts: readonly Waiting[]): Waiting {
  const [since] = parts.flatMap((part) => part.since ?? []).toSorted();
  return {
    objects: parts.reduce((sum, part) => sum + part.objects, 0),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    ...(since !== undefined && { since }),
  };
}
