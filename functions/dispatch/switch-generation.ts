import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import { takeGeneration } from '../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import { tableInput } from '../../pipeline/table/projection.ts';
import type { Column } from '../../pipeline/table/table-spec.ts';
import { announceGeneration } from './announce-tables.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { putTable } from './put-table.ts';

/**
 * Queries read the new generation from one UpdateTable on. The ledger follows: killed between the two, the next wake-up
 * finds the catalog as it wants it, and goes on.
 */
export async function switchGeneration(
  item: TableItem,
  { curatedBucket, glueDatabase }: DispatchSettings,
  { ledger, glue, eventBridge, now, log }: DispatchDeps,
): Promise<void> {
  const { name, building } = item;
  if (!building) return;
  const { generation, columns, partition_by, years } = building;
  const location = (number: number | undefined): string =>
    `s3://${curatedBucket}/${generationFolder(name, number)}/`;
  const year = now().getUTCFullYear();
  const table = tableInput(
    { name, columns: columns as Column[], partition_by },
    { location: location(generation), years: years ?? { first: year, last: year } },
  );
  await putTable({ table, database: glueDatabase, movesFrom: location(item.generation) }, { glue });
  await announceGeneration(item, { glueDatabase }, { eventBridge });
  const taken = await takeGeneration(ledger, item, now());
  if (taken.generation !== generation) return;
  const { files, rows } = taken.made ?? {};
  log('generation switched', {
    table: name,
    generation,
    folder: generationFolder(name, generation),
    files,
    rows,
  });
}
