/**
 * The versions below raw/ in memory. What committed windows name is there, unless a test has taken it away: few tests need to
 * know that there is such a thing as a bucket.
 */
import type { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { FetchItem, LandedObject } from '../../pipeline/ledger/items.ts';
import { unpackFetch } from '../../pipeline/ledger/window.ts';

interface Stray {
  version: string;
  bytes: number;
  at: Date;
}

export interface FakeRaw {
  /** Keys whose versions are gone for good. */
  gone: Set<string>;
  /** Keys with a delete marker over the version that the ledger names. */
  deleted: Set<string>;
  /** What no committed window names. */
  strays: Map<string, Stray>;
  /** Versions and delete markers to a page. */
  pageSize: number;
  list: (command: ListObjectVersionsCommand) => object;
}

interface Listed {
  Key: string;
  VersionId: string;
  IsLatest: boolean;
  isMarker: boolean;
  Size?: number;
  LastModified?: Date;
}

/** `items`: of the ledger. */
export function fakeRaw(items: () => Iterable<object>): FakeRaw {
  const raw: FakeRaw = { gone: new Set(), deleted: new Set(), strays: new Map(), pageSize: 3, list };

  function all(): Listed[] {
    const landed = [...items()].flatMap((item) => landedOf(item as FetchItem));
    return [
      ...landed
        .filter(({ key }) => !raw.gone.has(key))
        .map(({ key, version_id, bytes }) => ({
          Key: key,
          VersionId: version_id,
          IsLatest: !raw.deleted.has(key),
          isMarker: false,
          Size: bytes,
        })),
      ...[...raw.deleted].map((Key) => ({ Key, VersionId: '0', IsLatest: true, isMarker: true })),
      ...[...raw.strays].map(([Key, { version, bytes, at }]) => ({
        Key,
        VersionId: version,
        IsLatest: true,
        isMarker: false,
        Size: bytes,
        LastModified: at,
      })),
      // The newest version of a key comes first.
    ].toSorted((one, other) => compare(one.Key, other.Key) || (one.IsLatest ? -1 : 1));
  }

  /** As S3 does it: a page may end between two versions of one key. */
  function list({ input }: ListObjectVersionsCommand): object {
    const { Prefix = '', KeyMarker = '', VersionIdMarker } = input;
    const below = all().filter(({ Key }) => Key.startsWith(Prefix));
    const marked = below.findIndex(
      ({ Key, VersionId }) => Key === KeyMarker && VersionId === VersionIdMarker,
    );
    const rest = marked === -1 ? below.filter(({ Key }) => Key > KeyMarker) : below.slice(marked + 1);
    const page = rest.slice(0, raw.pageSize);
    const last = page.at(-1);
    return {
      Versions: page.filter(({ isMarker }) => !isMarker),
      DeleteMarkers: page.filter(({ isMarker }) => isMarker),
      IsTruncated: page.length < rest.length,
      ...(last && { NextKeyMarker: last.Key, NextVersionIdMarker: last.VersionId }),
    };
  }

  return raw;
}

function landedOf(item: FetchItem): LandedObject[] {
  if (!item.pk.startsWith('FETCH#') || item.state !== 'committed') return [];
  return unpackFetch(item).objects ?? [];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
