import { formatJsonPath } from '../source/json-path.ts';
import type { Shape } from '../source/source.ts';
import { findRecords } from './find-records.ts';
import { columnName, guessColumns, type GuessedColumn } from './guess-columns.ts';
import { guessEventTime } from './guess-event-time.ts';
import { guessKey } from './guess-key.ts';
import { guessPaging, type PaginatorDraft } from './guess-paging.ts';
import type { Guess, Sample } from './sample.ts';

/** A source file before it is written: every guess with its reason. */
export interface SourceDraft {
  name: string;
  resource: string;
  baseUrl: string;
  path: string;
  params: Record<string, string>;
  headers: Record<string, string>;
  auth?: AuthDraft;
  selector: Guess<{ path: string; shape: Shape }>;
  columns: GuessedColumn[];
  /** Paths of lists that no column holds. */
  lists: string[];
  key?: Guess<{ names: string[] }>;
  eventTime?: Guess<{ name: string; created: boolean }>;
  paging?: Guess<{ paginator: PaginatorDraft }>;
  records: number;
}

export type AuthDraft =
  | { type: 'api_key'; name: string; location: 'query' | 'header'; secret: string }
  | { type: 'bearer'; secret: string };

export interface DraftOptions {
  /** Headers that the request was made with. */
  headers?: Record<string, string>;
  /** Name of the source; default: from the host. */
  name?: string;
}

const keyParams = /^(key|apikey|api_key|api-key|appid|app_id|token|access_token|auth|subscription-key)$/i;

export function draftSource(sample: Sample, { headers = {}, name }: DraftOptions = {}): SourceDraft {
  const url = sample.url ?? new URL('https://api.example.com/v1/records');
  const source = name ?? nameOf(url);
  const found = findRecords(sample.body);
  const { columns, lists } = guessColumns(found.records, sample.types);
  const eventTime = guessEventTime(columns);
  const key = guessKey(columns, eventTime?.name);
  const paging = guessPaging(sample, found);
  const { base, path } = splitPath(url);
  const request = liftSecrets(url, headers, source);
  return {
    name: source,
    resource: columnName([
      path
        .replace(/\.\w+$/, '')
        .split('/')
        .findLast((part) => /[a-z]{3}/i.test(part)) ?? 'records',
    ]),
    baseUrl: base,
    path,
    ...request,
    selector: { path: formatJsonPath(found.selector), shape: found.shape, reason: found.reason },
    columns,
    lists,
    ...(key && { key }),
    ...(eventTime && { eventTime }),
    ...(paging && { paging }),
    records: found.records.length,
  };
}

/** `api.open-meteo.com` → `open-meteo`. */
function nameOf(url: URL): string {
  const words = url.hostname.split('.').slice(0, -1);
  const name = words.findLast((word) => !/^(www|api|com|org|net|gov|ac|co|v\d+)$/.test(word)) ?? 'source';
  return /^[a-z][a-z0-9-]*$/.test(name) ? name.slice(0, 31) : 'source';
}

/** A version in the path belongs to the base: other resources share it. */
function splitPath(url: URL): { base: string; path: string } {
  const segments = url.pathname.split('/').filter((part) => part !== '');
  const shared = segments.findIndex((part) => /^v?\d+(\.\d+)*$/.test(part)) + 1;
  const base = [url.origin, ...segments.slice(0, shared)].join('/');
  return { base: `${base}/`, path: decodeURI(segments.slice(shared).join('/')) };
}

/** What looks like a key becomes the name of a secret: its value is written nowhere. */
function liftSecrets(url: URL, headers: Record<string, string>, source: string) {
  const secret = `${source}-key`;
  const params = Object.fromEntries(url.searchParams);
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  let auth: AuthDraft | undefined;
  for (const name of Object.keys(params).filter((param) => keyParams.test(param))) {
    delete params[name];
    auth ??= { type: 'api_key', name, location: 'query', secret };
  }
  for (const name of Object.keys(sent).filter((header) =>
    /^(authorization|cookie)$|key|token|secret/.test(header),
  )) {
    auth ??= /^bearer /i.test(sent[name] ?? '')
      ? { type: 'bearer', secret }
      : { type: 'api_key', name, location: 'header', secret };
    delete sent[name];
  }
  return { params, headers: sent, ...(auth && { auth }) };
}
