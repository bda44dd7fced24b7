import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { CatchwaterError } from '../../pipeline/errors.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import type { LoadItem, TableItem } from '../../pipeline/ledger/items.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import { folderOf, type ManifestHeader } from '../../pipeline/manifest.ts';
import type { TableSums } from '../../pipeline/sum-report.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** An event may hold 256 KB: the names of this many partitions and a receipt are well below that. */
const partitionsNamed = 2000;
/** Entries of one PutEvents. */
const batchSize = 10;

/**
 * Tells others, at least once, which partitions of which tables a committed load has changed. Nobody reads a generation that
 * is building: of that they are told when it takes the table's place.
 */
export async function announceTables(
  { load, header }: { load: LoadItem; header: ManifestHeader },
  tables: readonly TableSums[],
  { glueDatabase, stagingBucket }: DispatchSettings,
  { eventBridge, ledger }: Pick<DispatchDeps, 'eventBridge' | 'ledger'>,
): Promise<void> {
  const read = new Set<string>();
  for (const { spec, changed } of tables) {
    const generation = changed.length > 0 ? (await readTable(ledger, spec.name))?.generation : undefined;
    if (folderOf(header, spec.name) === generationFolder(spec.name, generation)) read.add(spec.name);
  }
  const entries = tables
    .filter(({ spec, changed }) => changed.length > 0 && read.has(spec.name))
    .map(({ spec, changed, receipt, held }) =>
      tableUpdated({
        database: glueDatabase,
        table: spec.name,
        partitions: changed.slice(0, partitionsNamed),
        partitionsChanged: changed.length,
        receipt,
        ...(Object.keys(held).length > 0 && { held }),
        load: load.load,
        report: `s3://${stagingBucket}/${load.report_key}`,
      }),
    );
  await send(entries, { eventBridge });
}

/** Tells others, at least once, that queries read another generation of the table: any of its rows may be another one. */
export async function announceGeneration(
  { name, building }: Pick<TableItem, 'name' | 'building'>,
  { glueDatabase }: Pick<DispatchSettings, 'glueDatabase'>,
  deps: Pick<DispatchDeps, 'eventBridge'>,
): Promise<void> {
  const { generation, rows } = building ?? {};
  await send(
    [tableUpdated({ database: glueDatabase, table: name, everything: true, generation, rows })],
    deps,
  );
}

function tableUpdated(detail: Record<string, unknown>): PutEventsRequestEntry {
  return { Source: 'catchwater', DetailType: 'table updated', Detail: JSON.stringify(detail) };
}

async function send(
  entries: readonly PutEventsRequestEntry[],
  { eventBridge }: Pick<DispatchDeps, 'eventBridge'>,
): Promise<void> {
  for (let start = 0; start < entries.length; start += batchSize) {
    const answer = await eventBridge.send(
      new PutEventsCommand({ Entries: entries.slice(start, start + batchSize) }),
    );
    const refused = answer.Entries?.find((entry) => entry.ErrorCode !== undefined);
    if (refused) {
      throw new CatchwaterError(
        `EventBridge refused a "table updated" event: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`,
      );
    }
  }
}
