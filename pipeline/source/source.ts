/**
 * A source file as the rest of the product sees it: checked, defaults merged, `for_each` files read in, durations in
 * milliseconds. The YAML grammar itself is `schema/`; this is what comes out of it.
 */
import type { TableDefinition } from '../table/table-definition.ts';
import type { TableSpec } from '../table/table-spec.ts';

/** Names the secret; the value is read by the fetcher only, never stored in a source, an object or a log. */
export interface SecretReference {
  secret: string;
  /** SSM Parameter Store (`/catchwater/<secret>`, SecureString) unless said otherwise. */
  store: 'parameter-store' | 'secrets-manager';
}

/** A name that is no secret stands as it is. */
export type MaybeSecret = string | SecretReference;

/** How a token is asked for and found in the answer. */
export interface TokenRequest {
  /** Absolute https URL (http on a loopback host only). */
  url: string;
  client_id: MaybeSecret;
  client_secret?: SecretReference;
  /** Where client id and secret go: the form body, or an Authorization: Basic header (RFC 6749, 2.3.1). */
  client_in: 'body' | 'basic';
  scopes: string[];
  /** Further fields of the form. */
  data: Record<string, string>;
  /** JSONPaths in the answer. */
  token_path: string;
  expires_in_path: string;
  /** Where the answer names no lifetime. */
  lifetime_ms: number;
}

export type Auth =
  | { type: 'api_key'; name: string; location: 'query' | 'header'; api_key: SecretReference }
  | { type: 'bearer'; token: SecretReference }
  | { type: 'http_basic'; username: MaybeSecret; password?: SecretReference }
  | { type: 'oauth2_client_credentials'; token: TokenRequest }
  /** A refresh token that the answer replaces is written back under the same name. */
  | { type: 'oauth2_refresh_token'; token: TokenRequest; refresh_token: SecretReference }
  | {
      type: 'session_token';
      login: {
        /** Continues `base_url`. */
        path: string;
        method: 'GET' | 'POST';
        headers: Record<string, string>;
        /** JSON body, or form fields; `{secret}` objects in either stand for their values. */
        json?: unknown;
        form?: Record<string, MaybeSecret>;
      };
      token_path: string;
      expires_in_path?: string;
      lifetime_ms: number;
      /** What carries the token, with what before it (`Bearer `). */
      name: string;
      location: 'query' | 'header';
      prefix: string;
    }
  /** Signed with the credentials of the fetch function's own role. */
  | { type: 'aws_sigv4'; service: string; region: string };

/** Where a value is put into a request. `path`: JSONPath into the JSON body, whose parents are made where missing. */
export type SendTo = { param: string } | { header: string } | { body: string };

/** When the pages end, and what must be true then. Paths are JSONPaths in the response body. */
export interface PageStops {
  /**
   * Records in all pages together; a mismatch at the end fails the window. Counted pages end there; where a page names
   * the next one, that is followed all the same, so that a number that is none of the total is found out.
   */
  total_path?: string;
  total_pages_path?: string;
  /** False: this was the last page. */
  has_more_path?: string;
  /**
   * Where none of the paths above says otherwise the last page is the first empty one, the first with fewer records than
   * its size, or the first that names no further one (`no_next`; counted pages, which name none, end at the empty one).
   */
  stop_on: 'empty_page' | 'short_page' | 'no_next';
  /** More pages than this fail the window: it is a loop, or larger than anyone meant. */
  maximum_pages: number;
}

/** What the token of the next page is read from. `last_record`: JSONPath in the last record. */
export type TokenFrom = { body: string } | { header: string } | { last_record: string };

export type Paginator =
  | { type: 'single_page' }
  | { type: 'page_number'; base_page: number; send: SendTo; size?: PageSize; stops: PageStops }
  | { type: 'offset'; base_offset: number; send: SendTo; size: PageSize; stops: PageStops }
  | { type: 'cursor'; from: TokenFrom; send: SendTo; size?: PageSize; stops: PageStops }
  /** RFC 8288, relation `rel`. */
  | { type: 'header_link'; rel: string; stops: PageStops }
  /** A URL in the body: absolute, relative, or another path of the same host. */
  | { type: 'json_link'; path: string; stops: PageStops }
  /** An object whose every member is sent back as a parameter (MediaWiki); its absence is the end. */
  | { type: 'continue'; path: string; stops: PageStops };

/** Records of a full page; sent too where `send` says how. */
export interface PageSize {
  value: number;
  send?: SendTo;
}

export type RuleAction =
  /** Try again as any fault of the moment. */
  | 'retry'
  /** Fail at once. */
  | 'fail'
  /** This request has no records, and that is fine. */
  | 'ignore'
  /** A rate limit: wait as the response says, or as long as one, then try again. */
  | 'rate_limited'
  /** The token is no longer good: get another, then try again. */
  | 'refresh_token'
  /** No records here, and no further page. */
  | 'stop_paging'
  /** Data, whatever the built-in rules say of it. */
  | 'success';

/** Applies when everything that it names is true. The first that applies decides; then the built-in rules. */
export interface ResponseFilter {
  /** `404`, or `5xx` for a hundred of them. */
  status?: (number | '1xx' | '2xx' | '3xx' | '4xx' | '5xx')[];
  /** Beginning of the media type, lower case. */
  content_type?: string;
  /** A part of the body's text (its first 64 KB). */
  contains?: string;
  body?: { path: string } & (
    | { equals: string | number | boolean | null }
    | { in: unknown[] }
    | { matches: string }
    | { exists: boolean }
  );
  header?: { name: string; matches?: string };
  action: RuleAction;
  /** Said instead of the API's own words. */
  message?: string;
}

export interface BudgetPolicy {
  /** Calls, or units of `weight`. */
  limit: number;
  per_ms: number;
  /** `fixed`: counted from each full period of the clock in UTC; `moving`: within any span of that length. */
  window: 'fixed' | 'moving';
}

/** Shared by everything that names it, over functions, sources and stacks with one ledger. */
export interface ApiBudget {
  name: string;
  policies: BudgetPolicy[];
  /** Part of every limit that backfills leave to live fetches, 0 to 0.9. */
  reserve: number;
  /** Arithmetic over the request (`weight.ts`); absent: every request counts 1. */
  weight?: string;
  /** Headers that say what is left, and until when (seconds from now, epoch seconds or an HTTP date). */
  remaining_header?: string;
  reset_header?: string;
}

export interface Client {
  /** Absolute http(s) URL ending in `/`; endpoint paths are resolved below it. */
  base_url: string;
  headers: Record<string, string>;
  auth?: Auth;
  api_budget?: ApiBudget;
  /** Whole-response deadline of one request, milliseconds. */
  timeout_ms: number;
  /** Requests in flight at once, over all slices of one fetch. */
  concurrency: number;
  /** Tries of one request, the first included. */
  max_attempts: number;
  /** A longer wait (for a rate limit, a budget) stops the fetch cleanly; a later one goes on from there. */
  max_waiting_ms: number;
}

export interface Endpoint {
  /** Template, relative to `base_url`. */
  path: string;
  method: 'GET' | 'POST';
  /** Templates; a parameter whose value is null is not sent. */
  params: Record<string, string>;
  headers: Record<string, string>;
  /** JSON body of a POST; strings in it are templates. */
  json?: unknown;
  /** Form body of a POST; templates. */
  form?: Record<string, string>;
  paginator: Paginator;
  response_filters: ResponseFilter[];
  response: ResponseFormat;
  /** Ask with what the last committed response said of itself (ETag, Last-Modified), and not before it expires. */
  conditional: boolean;
}

/** How the bytes of a body are read. Compression is recognised: gzip, zip (one file in it), brotli, deflate. */
export interface ResponseFormat {
  format: 'json' | 'ndjson' | 'csv';
  /** WHATWG label, over the charset of the Content-Type. */
  charset?: string;
  csv?: {
    delimiter: string;
    quote: string;
    /** Fields by name: the first line, or this list. */
    header: 'first_line' | string[];
    /** Lines to leave out before the header. */
    skip_lines: number;
    /** Lines that begin with it are left out. */
    comment?: string;
  };
}

/** One element of `for_each`: the variable's name → a scalar or a flat record, as templates see it. */
export type Slice = Record<string, ForEachValue>;
export type ForEachValue = string | number | boolean | Record<string, string | number | boolean | null>;

/** Slices from the records of another resource of the source, crossed with the literal ones. */
export interface ParentSlices {
  variable: string;
  resource: string;
  /** Field of the variable → JSONPath in the parent's record. */
  fields: Record<string, string>;
}

/** Several slices in one request: placeholders of the grouped variable give their values joined by `separator`. */
export interface SliceGroup {
  size: number;
  separator: string;
  /** Variables whose values are joined; all others are equal within a group. */
  variables: string[];
  /** JSONPath of the list of answers; with one slice in the group the body itself may be the answer (Open-Meteo). */
  answers: string;
  /** The n-th answer is the n-th slice's, or the one with this value at this path in the answer. */
  match: 'position' | { path: string; value: string };
}

/** ISO 8601, in its parts: months and days follow the calendar (in UTC), `ms` is elapsed time. */
export interface Span {
  months: number;
  days: number;
  ms: number;
}

export interface Incremental {
  /** Where the cursor's value stands in a record; absent where windows alone move it (`step`). */
  cursor_path?: string;
  cursor_type: 'time' | 'number' | 'text';
  /** How a `time` stands in records: ISO 8601 text, or a number of these since 1970. */
  cursor_unit: 'iso' | 's' | 'ms';
  /** Of the first window; for a time ISO 8601, or a span before the first fetch. */
  initial_value: { at: string | number } | { before: Span };
  /** Of a backfill; absent: now. */
  end_value?: string | number;
  /** The first window of a fetch begins this much (a number for `number` cursors) before the cursor. */
  lookback?: Span | number;
  /** Windows of this length, one after another; absent: one window from the cursor to now. */
  step?: Span;
  /** What the API makes of start and end: `[start, end)`, `[start, end]`, or `(start, end]`. */
  bounds: 'half_open' | 'inclusive' | 'exclusive_start';
  /** The smallest difference the API sees, milliseconds (or 1 for numbers): what turns one kind of bounds into another. */
  granularity: number;
  /** How times stand in requests: `iso`, `date`, `s`, `ms`, or strftime letters. */
  format: string;
  /** The newest data are not asked for until they are this old. */
  delay_ms: number;
  row_order: 'asc' | 'desc' | 'none';
  /** The API cannot filter: records before the window are left out here. */
  client_side: boolean;
  on_cursor_value_missing: 'raise' | 'include' | 'exclude';
  /** What the API still knows, milliseconds back from now. */
  retention_ms?: number;
}

/** A value at this path of a record that never lands as it is. */
export interface Protection {
  path: string;
  how: 'redact' | 'hash';
  /** Of an HMAC-SHA-256; needed for `hash`. */
  key?: SecretReference;
}

/** A complete listing: a window fetched as if nothing had ever been fetched. */
export interface Reconcile {
  /** Least time between two of them, milliseconds. */
  every_ms: number;
  /** Rows that such a listing does not bring are no longer there. */
  delete_missing: boolean;
}

/** How the value that `data_selector` finds becomes rows. */
export type Shape = 'object' | 'list' | 'map' | 'columns';

export interface CompiledResource {
  name: string;
  /** Least time between two windows, milliseconds; absent: at every beat of the stack. */
  every_ms?: number;
  /** Fetched once, then never again until `reconcile` or a reset says so. */
  once?: boolean;
  /** Everything is listed anew, each time this has passed. */
  reconcile?: Reconcile;
  endpoint: Endpoint;
  /** JSONPath subset: `$`, `$.a.b`, `$['odd name']`, `$.a[0]`. */
  data_selector: string;
  shape: Shape;
  /** In this order; a resource without `for_each` has one empty slice. */
  slices: Slice[];
  parent?: ParentSlices;
  group?: SliceGroup;
  on_slice_error: 'fail' | 'skip_and_report';
  incremental?: Incremental;
  /** JSONPaths in the response, outside of the selected list, that columns read: they lie beside the records in raw. */
  envelope?: string[];
  protect: Protection[];
  table: TableSpec;
  /** Nested lists of the same responses, each a table of its own. */
  child_tables: TableSpec[];
  /** What the tables were compiled from, the resource's own first: so that a later source can be compared with this one. */
  definitions?: TableDefinition[];
}

/**
 * The compiled source: what `SourceKey` names, in the artifact bucket, as
 * `sources/<name>-<sha256 of the text>.json`. Functions read nothing else.
 */
export interface CompiledSource {
  v: 1;
  name: string;
  /** Licence and credit line of the data, shown wherever the data is. */
  attribution?: string;
  client: Client;
  resources: CompiledResource[];
}
