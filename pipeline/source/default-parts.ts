/** What a source means where it says nothing: the least that a client, an endpoint and a resource can be. */
import type { Client, CompiledResource, Endpoint } from './source.ts';

export const defaultClient = {
  headers: {},
  timeout_ms: 30_000,
  concurrency: 4,
  max_attempts: 4,
  max_waiting_ms: 5 * 60_000,
} satisfies Partial<Client>;

export const defaultEndpoint = {
  method: 'GET',
  params: {},
  headers: {},
  paginator: { type: 'single_page' },
  response_filters: [],
  response: { format: 'json' },
  conditional: false,
} satisfies Partial<Endpoint>;

export const defaultResource = {
  data_selector: '$',
  slices: [{}],
  on_slice_error: 'fail',
  protect: [],
  child_tables: [],
} satisfies Partial<CompiledResource>;
