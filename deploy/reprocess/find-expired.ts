import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { inParallel } from '../../pipeline/in-parallel.ts';
import { committedSince } from '../../pipeline/ledger/fetches.ts';
import type { FetchItem, LandedObject } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';

export interface VersionLister {
  send(command: ListObjectVersionsCommand): Promise<ListObjectVersionsCommandOutput>;
}

/** What the committed windows of a resource have landed. */
export interface Landed {
  resource: string;
  windows: number;
  objects: number;
  /** As stored, gzipped. */
  bytes: number;
}

/** A committed window of which raw objects are no longer in the bucket. */
export interface ExpiredWindow {
  resource: string;
  scheduledAt: string;
  objects: number;
  missing: number;
}

/** Days that are listed at once. */
const width = 8;

/**
 * What a resource has landed, and what of it S3 no longer holds. A day is listed at a time, as raw objects are filed: that
 * takes a request per thousand objects, and the memory of a day.
 */
export async function findExpired(
  resource: string,
  { ledger, s3, bucket }: { ledger: Ledger; s3: VersionLister; bucket: string },
  onProgress?: (landed: Landed) => void,
): Promise<{ landed: Landed; expired: ExpiredWindow[] }> {
  const landed: Landed = { resource, windows: 0, objects: 0, bytes: 0 };
  const expired: ExpiredWindow[] = [];
  await inParallel(days(ledger, resource), width, async ({ prefix, windows }) => {
    const there = await listVersions(s3, bucket, prefix);
    for (const { scheduled_at: scheduledAt, objects = [] } of windows) {
      const missing = objects.filter((object) => !there.has(identity(object))).length;
      if (missing > 0) expired.push({ resource, scheduledAt, objects: objects.length, missing });
      landed.windows += 1;
      landed.objects += objects.length;
      landed.bytes += objects.reduce((sum, { bytes }) => sum + bytes, 0);
    }
    onProgress?.({ ...landed });
  });
  return { landed, expired: expired.toSorted((a, b) => (a.scheduledAt < b.scheduledAt ? -1 : 1)) };
}

interface Day {
  prefix: string;
  windows: FetchItem[];
}

/** The ledger has windows in the order of their times, so a day's stand together. One without an object has no place. */
async function* days(ledger: Ledger, resource: string): AsyncGenerator<Day> {
  let day: Day | undefined;
  for await (const window of committedSince(ledger, resource, '')) {
    const [first] = window.objects ?? [];
    const prefix = first ? dayOf(first.key) : (day?.prefix ?? '');
    if (day && day.prefix !== prefix) {
      yield day;
      day = undefined;
    }
    day ??= { prefix, windows: [] };
    day.windows.push(window);
  }
  if (day) yield day;
}

function dayOf(key: string): string {
  return /^.*\/day=\d+\//.exec(key)?.[0] ?? key;
}

async function listVersions(s3: VersionLister, Bucket: string, Prefix: string): Promise<Set<string>> {
  const there = new Set<string>();
  // Windows without an object only: nothing can be missing.
  if (Prefix === '') return there;
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...next }));
    for (const { Key: key = '', VersionId: version_id = '' } of page.Versions ?? []) {
      there.add(identity({ key, version_id }));
    }
    if (page.IsTruncated !== true) return there;
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/** The engine reads exactly the version that was committed (law 2). */
function identity({ key, version_id }: Pick<LandedObject, 'key' | 'version_id'>): string {
  return `${key}\n${version_id}`;
}
