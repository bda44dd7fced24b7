/**
 * Generations of a table (law 11): what cannot change in place is made anew beside it, from every raw object, and takes
 * its place when it is whole. building → rebuilt (nothing waits to be loaded again) → checked (the footers of its files
 * agree with what the loads say) → the table's own generation; the old folder is retired, then forgotten.
 */
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { CatchwaterError, ConfigError } from '../errors.ts';
import type { TableSpec } from '../table/table-spec.ts';
import { generationFolder } from './generation-folder.ts';
import type { Building, LeaseItem, TableItem } from './items.ts';
import { leaseKey, readLease } from './lease.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { newestLoad } from './list-loads.ts';
import { changeTable, readTable, tablePut, widen } from './tables.ts';

/** Races for the lease are with loads that begin or end. */
const tries = 20;

export interface NextGeneration {
  /** As it was planned for: nothing begins when it has changed since. */
  seen: TableItem;
  spec: TableSpec;
  /** Raw objects of the plan. */
  objects: number;
  now: Date;
}

/**
 * From here on every load that begins writes to the new generation. What a load has in hand that began earlier counts as
 * loaded before: the lease, which is part of the same write, says which one that is.
 */
export async function beginGeneration(ledger: Ledger, next: NextGeneration): Promise<TableItem> {
  const { seen } = next;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const lease = await readLease(ledger);
    const item = withBuilding(next, lease.load ?? (await newestLoad(ledger)));
    const transaction = new TransactWriteCommand({
      TransactItems: [{ Put: tablePut(ledger, item, seen) }, { Update: holdLease(ledger, lease) }],
    });
    if (await won(ledger.dynamo.send(transaction))) return item;
    const { version } = (await readTable(ledger, seen.name)) ?? {};
    if (version !== seen.version) {
      throw new ConfigError(
        `the ledger has moved since the plan: its item of table ${seen.name} is another one; nothing was begun, plan again`,
      );
    }
  }
  throw new CatchwaterError(
    `loads began and ended ${tries} times while table ${seen.name} was to be made anew; nothing was begun, try again`,
  );
}

function withBuilding({ seen, spec, objects, now }: NextGeneration, after: string): TableItem {
  const { building: replaced, retired = [], ...table } = seen;
  const since = now.toISOString();
  const { partition_by, files_per_partition, columns, key, event_time } = spec;
  const left = replaced ? [{ folder: generationFolder(seen.name, replaced.generation), since }] : [];
  const building: Building = {
    generation: nextNumber(seen),
    since,
    after,
    partition_by,
    files_per_partition,
    columns,
    key,
    ...(event_time !== undefined && { event_time }),
    objects,
    rows: 0,
  };
  return {
    ...table,
    version: seen.version + 1,
    work: 'generation',
    work_at: since,
    building,
    ...(retired.length + left.length > 0 && { retired: [...retired, ...left] }),
  };
}

/** No folder is used again while files of another generation may be in it. */
export function nextNumber({ name, generation = 1, building, retired = [] }: TableItem): number {
  const gone = retired.map(({ folder }) => Number(folder.slice(`${name}.g`.length)) || 1);
  return Math.max(generation, building?.generation ?? 1, ...gone) + 1;
}

/**
 * A free lease gets another token, as if a load had come and gone: whoever has looked for a table's folder with the old
 * one in mind does not get the lease, and looks again. A held one stays as it is.
 */
function holdLease(ledger: Ledger, { load, token }: LeaseItem) {
  return {
    TableName: ledger.table,
    Key: leaseKey,
    ...expressions(
      load === undefined
        ? {
            update: 'SET #token = :next',
            condition: 'attribute_not_exists(#load) AND (attribute_not_exists(#token) OR #token = :token)',
            values: { next: token + 1, token },
          }
        : {
            update: 'SET #token = :token',
            condition: '#load = :load AND #token = :token',
            values: { load, token },
          },
    ),
  };
}

/** Of a load that is closed, or has failed: what it has put into the generation's files. Each is counted once. */
export interface CountedLoad {
  load: string;
  /** Inserted + recovered − removed; 0 where it has not written there. */
  rows: number;
  years: readonly number[];
}

export function countLoad(ledger: Ledger, table: TableItem, counted: CountedLoad): Promise<TableItem> {
  return changeBuilding(ledger, table, (building) => {
    // Load ids sort by time, and loads are counted in that order.
    if (building.counted !== undefined && building.counted >= counted.load) return building;
    const years = widen(building.years, counted.years);
    return {
      ...building,
      rows: building.rows + counted.rows,
      counted: counted.load,
      ...(years && { years }),
    };
  });
}

/** Nothing waits to be loaded again, and nothing ever will: loads only come later. */
export function noteRebuilt(ledger: Ledger, table: TableItem): Promise<TableItem> {
  return changeBuilding(ledger, table, (building) => ({ ...building, rebuilt: true }));
}

/** How far its files have been checked, and what is wrong with them. */
export function noteCheck(
  ledger: Ledger,
  table: TableItem,
  checked: NonNullable<Building['checked']>,
  fault?: string,
): Promise<TableItem> {
  return changeBuilding(ledger, table, ({ fault: _before, ...building }) => ({
    ...building,
    checked,
    ...(fault !== undefined && { fault }),
  }));
}

/** The new generation is the table's own, as the catalog says by now; what was there before is retired. */
export function takeGeneration(ledger: Ledger, table: TableItem, now: Date): Promise<TableItem> {
  return changeKnown(ledger, table, (seen) => {
    const { building, retired = [], years: _years, event_time: _time, ...rest } = seen;
    if (building?.generation !== table.building?.generation || !building) return seen;
    const { generation, partition_by, files_per_partition, columns, key, event_time, years } = building;
    const at = now.toISOString();
    return {
      ...rest,
      generation,
      partition_by,
      files_per_partition,
      columns,
      key,
      ...(event_time !== undefined && { event_time }),
      ...(years && { years }),
      made: { at, files: building.checked?.files ?? 0, rows: building.rows },
      retired: [...retired, { folder: generationFolder(seen.name, seen.generation), since: at }],
    };
  });
}

/** Nothing is left in that folder. */
export function forgetFolder(ledger: Ledger, table: TableItem, folder: string): Promise<TableItem> {
  return changeKnown(ledger, table, (seen) => {
    const { retired = [], work, work_at, ...rest } = seen;
    const left = retired.filter((one) => one.folder !== folder);
    if (left.length === retired.length) return seen;
    const isOpen = left.length > 0 || seen.building !== undefined;
    return {
      ...rest,
      ...(left.length > 0 && { retired: left }),
      ...(isOpen && work !== undefined && work_at !== undefined && { work, work_at }),
    };
  });
}

function changeBuilding(
  ledger: Ledger,
  table: TableItem,
  decide: (building: Building) => Building,
): Promise<TableItem> {
  return changeKnown(ledger, table, (seen) => {
    if (!seen.building || seen.building.generation !== table.building?.generation) return seen;
    const building = decide(seen.building);
    return building === seen.building ? seen : { ...seen, building };
  });
}

/** The item is there: where it is gone meanwhile, nothing is made in its place. */
function changeKnown(
  ledger: Ledger,
  { name }: TableItem,
  decide: (seen: TableItem) => TableItem,
): Promise<TableItem> {
  return changeTable(ledger, { name }, decide);
}
