import { ListObjectVersionsCommand, type ObjectVersion } from '@aws-sdk/client-s3';
import type { DispatchDeps } from './deps.ts';

export interface ListedVersions {
  versions: ObjectVersion[];
  /** Of every key after `after` up to this one there are all versions. Undefined: of all. */
  upTo: string | undefined;
}

/**
 * Versions below a prefix, about a page of them. S3 ends a page anywhere, also between two versions of one key: the last key
 * of a page is left to the next one, unless it is the only one.
 */
export async function listVersions(
  s3: DispatchDeps['s3'],
  { bucket, prefix, after }: { bucket: string; prefix: string; after: string },
): Promise<ListedVersions> {
  const versions: ObjectVersion[] = [];
  const keys = new Set<string>();
  let next: { KeyMarker: string | undefined; VersionIdMarker?: string | undefined } = { KeyMarker: after };
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...next }));
    versions.push(...(page.Versions ?? []));
    for (const { Key = '' } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
      if (Key > after) keys.add(Key);
    if (page.IsTruncated !== true) return { versions, upTo: undefined };
    if (keys.size > 1) break;
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  const [, upTo = ''] = [...keys].toSorted((a, b) => (a < b ? 1 : -1));
  return { versions, upTo };
}
