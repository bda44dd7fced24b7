import type { ObjectVersion } from '@aws-sdk/client-s3';
import { windowsFrom } from '../../pipeline/ledger/fetches.ts';
import type { FetchItem, LandedObject } from '../../pipeline/ledger/items.ts';
import type { StockPlace } from '../../pipeline/ledger/stock-record.ts';
import { rawFolder, rawWindowPrefix } from '../../pipeline/raw-object.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { listVersions } from './list-versions.ts';

/** A range of keys of one resource, as the bucket and as the ledger have it. */
export interface Range {
  resource: string;
  versions: ObjectVersion[];
  /** Objects of committed windows. */
  named: Named[];
  /** Windows that are being fetched, or paused: how the keys of their objects begin. */
  open: Set<string>;
  /** Undefined: the resource has no more. */
  next: StockPlace | undefined;
}

export interface Named {
  object: LandedObject;
  fetch: FetchItem;
}

/** About as many windows and objects as S3 lists on a page: so a range is small, whichever side has more. */
const most = 1_000;

/** What follows the place, on both sides: keys and windows have the same order, so neither side is ever held as a whole. */
export async function readRange(
  place: StockPlace,
  { stagingBucket }: DispatchSettings,
  { ledger, s3 }: Pick<DispatchDeps, 'ledger' | 's3'>,
): Promise<Range> {
  const { resource, after } = place;
  const listed = await listVersions(s3, { bucket: stagingBucket, prefix: rawFolder(resource), after });
  let { upTo } = listed;
  let { from } = place;
  const windows: FetchItem[] = [];
  const open = new Set<string>();
  let size = 0;
  for await (const fetch of windowsFrom(ledger, resource, from)) {
    const prefix = rawWindowPrefix({ resource, scheduledAt: new Date(fetch.scheduled_at) });
    if (upTo !== undefined && prefix > upTo) break;
    from = fetch.scheduled_at;
    // Greater than every key of this window, less than those of the next.
    const end = `${prefix}~`;
    if (fetch.state === 'committed') windows.push(fetch);
    if (fetch.state === 'fetching' || fetch.state === 'paused') open.add(prefix);
    size += 1 + (fetch.objects ?? []).filter(({ key }) => key > after).length;
    if (size >= most && (upTo === undefined || end < upTo)) upTo = end;
  }
  const isWithin = (key: string): boolean => key > after && (upTo === undefined || key <= upTo);
  return {
    resource,
    versions: listed.versions.filter(({ Key = '' }) => isWithin(Key)),
    named: windows.flatMap((fetch) =>
      (fetch.objects ?? []).filter(({ key }) => isWithin(key)).map((object) => ({ object, fetch })),
    ),
    open,
    next: upTo === undefined ? undefined : { resource, after: upTo, from },
  };
}
