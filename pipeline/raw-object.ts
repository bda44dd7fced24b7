/** Raw objects: gzipped NDJSON in the staging bucket, one line per response, written once (laws 1 and 12). */

/** One line. `body` is the API's own JSON text with line breaks turned into spaces; it is never re-printed. */
export interface RawLine {
  v: 1;
  resource: string;
  /** ISO 8601, UTC, seconds: the schedule's time, the identity of the window. */
  scheduled_at: string;
  /** ISO 8601, UTC, milliseconds: when the last byte of the response had arrived. */
  fetched_at: string;
  request: {
    method: string;
    /** Without secrets: their values are replaced by `***`. */
    url: string;
    /** The slice. */
    for: Record<string, unknown>;
    /** Of a response in pages, from 1. */
    page: number;
    /**
     * From 1, only where one response takes several lines (law 12): each repeats what comes before the elements of the
     * selected list.
     */
    chunk?: { number: number };
  };
  status: number;
  /** Those of `keptHeaders` that came. */
  headers: Record<string, string>;
  body: unknown;
}

export interface RawObjectName {
  resource: string;
  /** The slice the window covers; `all` where one window covers every slice of the resource. */
  slice: string;
  scheduledAt: Date;
  /** From 1; another try of the same window writes other objects. */
  attempt: number;
  /** From 0; objects rotate at about 64 MB of text. */
  part: number;
}

const prefix = 'raw/';
const keyPattern =
  /^raw\/(?<resource>[^/]+)\/.*\/(?<time>\d{8}T\d{6}Z)-(?<slice>.+)-(?<attempt>\d+)-(?<part>\d+)\.ndjson\.gz$/;

/** `raw/<resource>/year=2026/month=11/day=21/hour=10/20261121T100500Z-all-1-0.ndjson.gz` */
export function rawObjectKey(name: RawObjectName): string {
  return `${rawWindowPrefix(name)}${name.slice}-${name.attempt}-${name.part}.ndjson.gz`;
}

/** How the keys of a window begin, of whichever attempt. In the order of keys, windows are in the order of their times. */
export function rawWindowPrefix({
  resource,
  scheduledAt,
}: Pick<RawObjectName, 'resource' | 'scheduledAt'>): string {
  const iso = scheduledAt.toISOString();
  const partition = `year=${iso.slice(0, 4)}/month=${iso.slice(5, 7)}/day=${iso.slice(8, 10)}/hour=${iso.slice(11, 13)}`;
  return `${rawFolder(resource)}${partition}/${iso.slice(0, 19).replaceAll(/[-:]/g, '')}Z-`;
}

export function rawFolder(resource: string): string {
  return `${prefix}${resource}/`;
}

/** Undefined for a key of another form: no fetch has written it. */
export function parseRawObjectKey(key: string): RawObjectName | undefined {
  const { resource, time = '', slice, attempt, part } = keyPattern.exec(key)?.groups ?? {};
  if (resource === undefined || slice === undefined) return undefined;
  const iso = time.replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z');
  return { resource, slice, scheduledAt: new Date(iso), attempt: Number(attempt), part: Number(part) };
}
