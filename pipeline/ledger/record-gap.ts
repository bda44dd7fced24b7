/**
 * Gaps: what the API has forgotten before it was fetched. A gap is true whether or not the window that found it is ever
 * committed, so it is recorded before the commit, which moves the cursor over it.
 */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expressions, won, type Ledger } from './ledger.ts';

export interface Gap {
  resource: string;
  /** Slice key; empty for a resource of one slice. */
  slice: string;
  /** Where the cursor stood, and what the API still knows from: half-open. */
  from: string | number;
  to: string | number;
}

export function gapKey({ resource, slice, from }: Omit<Gap, 'to'>): { pk: string; sk: string } {
  return { pk: `GAP#${resource}`, sk: `${from}#${slice}` };
}

/**
 * Puts the gap on the list of open ones. Repeated, it changes nothing; as long as its cursor stands still it may grow, and
 * one that has grown is open again. False when all of it was known.
 */
export function recordGap(ledger: Ledger, gap: Gap, now: Date): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new UpdateCommand({
        TableName: ledger.table,
        Key: gapKey(gap),
        ...expressions({
          update:
            'SET #resource = :resource, #slice = :slice, #from = :from, #to = :to, #work = :gap, #work_at = :now, ' +
            '#found_at = if_not_exists(#found_at, :now) REMOVE #acknowledged_at',
          condition: 'attribute_not_exists(#pk) OR #to < :to',
          values: { ...gap, gap: 'gap', now: now.toISOString() },
        }),
      }),
    ),
  );
}
