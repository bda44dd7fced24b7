/** What fetching needs of the world: the way to the API, a place for raw lines, clock and chance. No AWS client. */
import type { Budget } from '../budget/budget.ts';
import type { Authenticator } from '../http/auth/authenticator.ts';
import type { Secrets } from '../http/auth/secrets.ts';
import type { SecretMask } from '../http/secret-mask.ts';
import type { HttpRequest, Send } from '../http/send-request.ts';
import type { Client, Slice } from '../source/source.ts';
import type { ChainCache } from './chain-cache.ts';
import type { Landing } from './landing.ts';
import type { Limit } from './limit-requests.ts';

export interface FetchPorts {
  client: Client;
  /** Sends one request to the API, nothing more. */
  send: Send;
  auth: Authenticator;
  /** Keys of hashed values. */
  secrets: Pick<Secrets, 'read'>;
  /** Of `client.api_budget`. */
  budget?: Budget | undefined;
  mask: SecretMask;
  /** Requests under way, over all resources of the invocation. */
  limit: Limit;
  now: () => Date;
  /** From 0 to 1, as Math.random. */
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  log: Log;
  /** Until the last moment at which a request may be under way. */
  timeLeftMs: () => number;
  /** Ends everything under way. */
  signal: AbortSignal;
  landing: Landing;
  /** Parents' records, shared by the resources of one invocation. */
  chains?: ChainCache | undefined;
  /** Told of every answer that was not thrown away: preview and record look on. */
  onExchange?: ((exchange: Exchange) => void) | undefined;
}

export type Log = (event: string, fields: Record<string, unknown>, level?: 'INFO' | 'WARN' | 'ERROR') => void;

/** One request and what became of it. */
export interface Exchange {
  resource: string;
  /** Of a parent's chain: the resource that asked it for its slices. */
  asker?: string;
  slices: Slice[];
  page: number;
  /** As it may be shown: without its key. */
  request: HttpRequest & { shownUrl: string };
  status: number;
  headers: Record<string, string>;
  /** Records in the answer, and what of them landed; absent where it has none to land (304, ignored). */
  records?: number;
  kept?: number;
  bytes?: number;
  /** `landed`: its records count; `unchanged`: 304, or fresh; `ignored`: a rule said so, or 204. */
  outcome: 'landed' | 'unchanged' | 'ignored';
  /** The next page's request, or why there is none. */
  next?: string;
}
