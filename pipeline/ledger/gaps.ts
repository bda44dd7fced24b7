/** Gaps that nobody has acknowledged yet. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { GapItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';
import { openWork } from './open-work.ts';

/** Oldest first. One that was just acknowledged may still be shown. */
export function openGaps(ledger: Ledger): AsyncGenerator<GapItem> {
  return openWork<GapItem>(ledger, 'gap');
}

/** Somebody has seen the gap as it is here. False when it has grown since, or was acknowledged already. */
export function acknowledgeGap(ledger: Ledger, gap: GapItem, now: Date): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: { pk: gap.pk, sk: gap.sk },
        ...expressions({
          update: 'SET #acknowledged_at = :now REMOVE #work, #work_at',
          condition: '#to = :to AND attribute_not_exists(#acknowledged_at)',
          values: { to: gap.to, now: now.toISOString() },
        }),
      }),
    ),
  );
}
