import { PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { CatchwaterError } from '../../pipeline/errors.ts';
import type { LoadItem } from '../../pipeline/ledger/items.ts';
import type { TableSums } from '../../pipeline/sum-report.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** An event may hold 256 KB: the names of this many partitions and a receipt are well below that. */
const partitionsNamed = 2000;
/** Entries of one PutEvents. */
const batchSize = 10;

/** Tells others, at least once, which partitions of which tables a committed load has changed. */
export async function announceTables(
  load: LoadItem,
  tables: readonly TableSums[],
  { glueDatabase, stagingBucket }: DispatchSettings,
  { eventBridge }: Pick<DispatchDeps, 'eventBridge'>,
): Promise<void> {
  const entries = tables
    .filter(({ changed }) => changed.length > 0)
    .map(({ spec, changed, receipt, held }): PutEventsRequestEntry => ({
      Source: 'catchwater',
      DetailType: 'table updated',
      Detail: JSON.stringify({
        database: glueDatabase,
        table: spec.name,
        partitions: changed.slice(0, partitionsNamed),
        partitionsChanged: changed.length,
        receipt,
        ...(Object.keys(held).length > 0 && { held }),
        load: load.load,
        report: `s3://${stagingBucket}/${load.report_key}`,
      }),
    }));
  for (let start = 0; start < entries.length; start += batchSize) {
    const answer = await eventBridge.send(
      new PutEventsCommand({ Entries: entries.slice(start, start + batchSize) }),
    );
    const refused = answer.Entries?.find((entry) => entry.ErrorCode !== undefined);
    if (refused) {
      throw new CatchwaterError(
        `EventBridge refused a "table updated" event of load ${load.load}: ${refused.ErrorCode} ${refused.ErrorMessage ?? ''}`,
      );
    }
  }
}
