/**
 * A source file as the rest of the product sees it: checked, defaults merged, `for_each` files read in.
 * The YAML grammar itself is `schema.ts`; this is what comes out of it.
 */
import type { TableSpec } from '../table/table-spec.ts';

/** Names the secret; the value is read by the fetcher only, never stored in a source, an object or a log. */
export interface SecretReference {
  secret: string;
  /** SSM Parameter Store (`/catchwater/<secret>`, SecureString) unless said otherwise. */
  store: 'parameter-store' | 'secrets-manager';
}

export type Auth =
  | { type: 'api_key'; name: string; location: 'query' | 'header'; api_key: SecretReference }
  | { type: 'bearer'; token: SecretReference };

export interface Client {
  /** Absolute http(s) URL ending in `/`; endpoint paths are resolved below it. */
  base_url: string;
  headers: Record<string, string>;
  auth?: Auth;
  /** Whole-response deadline of one request, milliseconds. */
  timeout_ms: number;
  /** Requests in flight at once, over all slices of one fetch. */
  concurrency: number;
  /** Tries of one request, the first included. */
  max_attempts: number;
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
}

/** One element of `for_each`: the variable's name → a scalar or a flat record, as templates see it. */
export type Slice = Record<string, ForEachValue>;
export type ForEachValue = string | number | boolean | Record<string, string | number | boolean | null>;

/** How the value that `data_selector` finds becomes rows. */
export type Shape = 'object' | 'list' | 'columns';

export interface CompiledResource {
  name: string;
  /** Least time between two windows, milliseconds; absent: at every beat of the stack. */
  every_ms?: number;
  endpoint: Endpoint;
  /** JSONPath subset: `$`, `$.a.b`, `$['odd name']`, `$.a[0]`. */
  data_selector: string;
  shape: Shape;
  /** One request each, in this order; a resource without `for_each` has one empty slice. */
  slices: Slice[];
  table: TableSpec;
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
