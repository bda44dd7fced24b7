import { yearOf } from '../../pipeline/curated-key.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import type { LoadItem, TableItem } from '../../pipeline/ledger/items.ts';
import { coverYears, readTable } from '../../pipeline/ledger/tables.ts';
import { folderOf, type ManifestHeader } from '../../pipeline/manifest.ts';
import type { TableSums } from '../../pipeline/sum-report.ts';
import { tableInput } from '../../pipeline/table/projection.ts';
import type { Column, TableSpec } from '../../pipeline/table/table-spec.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { putTable, type Wanted } from './put-table.ts';
import { unprojected } from './unprojected.ts';

export interface LoadedTables {
  load: LoadItem;
  header: Pick<ManifestHeader, 'folders'>;
  tables: readonly TableSums[];
}

/**
 * Makes or updates the Glue tables of a load, so that their projection covers every partition it touched. Answers what
 * the catalog, read back, still does not show. What went into a generation that is building is not for queries yet.
 */
export async function updateCatalog(
  { load, header, tables }: LoadedTables,
  settings: DispatchSettings,
  deps: Pick<DispatchDeps, 'ledger' | 'glue'>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { spec, touched } of tables) {
    const stored = await readTable(deps.ledger, spec.name);
    const folder = folderOf(header, spec.name);
    if (folder !== generationFolder(spec.name, stored?.generation)) continue;
    const years = touched.map(yearOf).filter((year) => year !== undefined);
    const item = await coverYears(deps.ledger, spec, years);
    const table = await putTable(wantedTable(spec, { item, load, folder }, settings), deps);
    const missing = unprojected(table, touched);
    if (missing.length > 0) {
      faults.push(
        `${spec.name}: ${missing.length} partitions lie outside the table's projection, ${missing[0]} among them`,
      );
    }
  }
  return faults;
}

function wantedTable(
  spec: TableSpec,
  { item, load, folder }: { item: TableItem; load: LoadItem; folder: string },
  { curatedBucket, glueDatabase }: DispatchSettings,
): Wanted {
  // A table nothing was ever stored in has no years yet; it is made all the same, so that a query finds it, empty.
  const year = Number(load.created_at.slice(0, 4));
  // The catalog's order of columns: as they came, later ones at the end.
  const table = tableInput(
    { ...spec, columns: item.columns as Column[] },
    { location: `s3://${curatedBucket}/${folder}/`, years: item.years ?? { first: year, last: year } },
  );
  return { table, database: glueDatabase };
}
