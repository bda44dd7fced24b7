/** One table in the Glue Data Catalog. */
import {
  CreateTableCommand,
  GetTableCommand,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { CatchwaterError, ConfigError } from '../../pipeline/errors.ts';
import type { DispatchDeps } from './deps.ts';

/** Wake-ups that settle the same load at the same time write the same table. */
const tries = 5;
const quicker = ['AlreadyExistsException', 'ConcurrentModificationException'];

/** Properties that say where a table's files lie: none of them outlives the layout that it is of. */
const ownProperties = /^(projection\.|storage\.location\.template$)/;

export interface Wanted {
  table: TableInput;
  database: string;
  /** Where it may lie until then: the folder of the generation before. */
  movesFrom?: string;
}

/** The table as the catalog shows it once it is as wanted. */
export async function putTable(
  { table, database, movesFrom }: Wanted,
  { glue }: Pick<DispatchDeps, 'glue'>,
): Promise<Table> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const found = await readTable(table, database, glue);
    const place = found?.StorageDescriptor?.Location;
    if (found && !isAt(place, table.StorageDescriptor?.Location) && !isAt(place, movesFrom)) {
      throw new ConfigError(
        `the table ${database}.${table.Name} lies at ${place}, this pipeline writes to ${table.StorageDescriptor?.Location}: someone else made it; drop it or give the table another name`,
      );
    }
    if (found && isCurrent(found, table)) return found;
    if (!(await writeTable(found, table, { database, glue }))) continue;
    const made = await readTable(table, database, glue);
    if (made) return made;
  }
  throw new CatchwaterError(
    `the table ${database}.${table.Name} was changed by others ${tries} times over; the next wake-up tries again`,
  );
}

/** False when someone else was quicker. */
async function writeTable(
  found: Table | undefined,
  wanted: TableInput,
  { database: DatabaseName, glue }: { database: string; glue: DispatchDeps['glue'] },
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
        TableInput: { ...wanted, Parameters: { ...othersOf(found.Parameters), ...wanted.Parameters } },
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

function isAt(place: string | undefined, folder: string | undefined): boolean {
  return folder !== undefined && place?.replace(/\/$/, '') === folder.replace(/\/$/, '');
}

function isCurrent(found: Table, wanted: TableInput): boolean {
  const { Parameters = {} } = wanted;
  return (
    isAt(found.StorageDescriptor?.Location, wanted.StorageDescriptor?.Location) &&
    Object.entries(Parameters).every(([name, value]) => found.Parameters?.[name] === value) &&
    Object.keys(found.Parameters ?? {}).every((name) => !ownProperties.test(name) || name in Parameters) &&
    namesAndTypes(found.StorageDescriptor?.Columns) === namesAndTypes(wanted.StorageDescriptor?.Columns) &&
    namesAndTypes(found.PartitionKeys) === namesAndTypes(wanted.PartitionKeys)
  );
}

function othersOf(properties: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !ownProperties.test(name)));
}

function namesAndTypes(columns: { Name?: string | undefined; Type?: string | undefined }[] = []): string {
  return JSON.stringify(columns.map(({ Name, Type }) => [Name, Type]));
}
