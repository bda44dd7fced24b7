import {
  CreateTableCommand,
  GetTableCommand,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { yearOf } from '../../pipeline/curated-key.ts';
import { CatchwaterError, ConfigError } from '../../pipeline/errors.ts';
import type { LoadItem, TableItem } from '../../pipeline/ledger/items.ts';
import { coverYears } from '../../pipeline/ledger/tables.ts';
import type { TableSums } from '../../pipeline/sum-report.ts';
import { tableInput } from '../../pipeline/table/projection.ts';
import type { Column, TableSpec } from '../../pipeline/table/table-spec.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { unprojected } from './unprojected.ts';

/** Wake-ups that settle the same load at the same time write the same table. */
const tries = 5;
const quicker = ['AlreadyExistsException', 'ConcurrentModificationException'];

/**
 * Makes or updates the Glue tables of a load, so that their projection covers every partition it touched. Answers what
 * the catalog, read back, still does not show.
 */
export async function updateCatalog(
  load: LoadItem,
  tables: readonly TableSums[],
  settings: DispatchSettings,
  deps: Pick<DispatchDeps, 'ledger' | 'glue'>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { spec, touched } of tables) {
    const years = touched.map(yearOf).filter((year) => year !== undefined);
    const item = await coverYears(deps.ledger, spec, years);
    const table = await putTable(wantedTable(spec, { item, load, settings }), settings, deps);
    const missing = unprojected(table, touched);
    if (missing.length > 0) {
      faults.push(
        `${spec.name}: ${missing.length} partitions lie outside the table's projection, ${missing[0]} among them`,
      );
    }
  }
  return faults;
}

interface Wanted {
  item: TableItem;
  load: LoadItem;
  settings: DispatchSettings;
}

function wantedTable(spec: TableSpec, { item, load, settings }: Wanted): TableInput {
  // A table nothing was ever stored in has no years yet; it is made all the same, so that a query finds it, empty.
  const year = Number(load.created_at.slice(0, 4));
  // The catalog's order of columns: as they came, later ones at the end.
  return tableInput(
    { ...spec, columns: item.columns as Column[] },
    {
      location: `s3://${settings.curatedBucket}/${spec.name}/`,
      years: item.years ?? { first: year, last: year },
    },
  );
}

/** The table as the catalog shows it once it is as wanted. */
async function putTable(
  wanted: TableInput,
  { glueDatabase }: DispatchSettings,
  { glue }: Pick<DispatchDeps, 'glue'>,
): Promise<Table> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const found = await readTable(wanted, glueDatabase, glue);
    if (found && isElsewhere(found, wanted)) {
      throw new ConfigError(
        `the table ${glueDatabase}.${wanted.Name} lies at ${found.StorageDescriptor?.Location}, this pipeline writes to ${wanted.StorageDescriptor?.Location}: someone else made it; drop it or give the resource another name`,
      );
    }
    if (found && isCurrent(found, wanted)) return found;
    if (!(await writeTable(found, wanted, { glueDatabase, glue }))) continue;
    const made = await readTable(wanted, glueDatabase, glue);
    if (made) return made;
  }
  throw new CatchwaterError(
    `the table ${glueDatabase}.${wanted.Name} was changed by others ${tries} times over; the next wake-up tries again`,
  );
}

/** False when someone else was quicker. */
async function writeTable(
  found: Table | undefined,
  wanted: TableInput,
  { glueDatabase: DatabaseName, glue }: { glueDatabase: string; glue: DispatchDeps['glue'] },
): Promise<boolean> {
  try {
    if (!found) {
      await glue.send(new CreateTableCommand({ DatabaseName, TableInput: wanted }));
      return true;
    }
    await glue.send(
      new UpdateTableCommand({
        DatabaseName,
        // What others have added stays.
        TableInput: { ...wanted, Parameters: { ...found.Parameters, ...wanted.Parameters } },
        // Refused when the table is another one by now.
        ...(found.VersionId !== undefined && { VersionId: found.VersionId }),
        SkipArchive: true,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && quicker.includes(error.name)) return false;
    throw error;
  }
}

async function readTable(
  { Name }: TableInput,
  DatabaseName: string,
  glue: DispatchDeps['glue'],
): Promise<Table | undefined> {
  try {
    return (await glue.send(new GetTableCommand({ DatabaseName, Name }))).Table;
  } catch (error) {
    if (error instanceof Error && error.name === 'EntityNotFoundException') return undefined;
    throw error;
  }
}

function isElsewhere(found: Table, wanted: TableInput): boolean {
  const [is, due] = [found.StorageDescriptor?.Location, wanted.StorageDescriptor?.Location];
  return is?.replace(/\/$/, '') !== due?.replace(/\/$/, '');
}

function isCurrent(found: Table, wanted: TableInput): boolean {
  return (
    Object.entries(wanted.Parameters ?? {}).every(([name, value]) => found.Parameters?.[name] === value) &&
    namesAndTypes(found.StorageDescriptor?.Columns) === namesAndTypes(wanted.StorageDescriptor?.Columns) &&
    namesAndTypes(found.PartitionKeys) === namesAndTypes(wanted.PartitionKeys)
  );
}

function namesAndTypes(columns: { Name?: string | undefined; Type?: string | undefined }[] = []): string {
  return JSON.stringify(columns.map(({ Name, Type }) => [Name, Type]));
}
