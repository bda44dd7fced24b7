/**
 * What the fetcher sees, in memory: an API, the staging bucket, the ledger, two stores of secrets. Time stands still but
 * for pauses. Every effect goes through a gate, where a test may hold it or end the invocation that makes it.
 */
import { Readable } from 'node:stream';
import type { FetchDeps, ObjectStore } from '../../functions/fetch/deps.ts';
import type { FetchEvent } from '../../functions/fetch/read-event.ts';
import { createSecrets } from '../../functions/fetch/read-secret.ts';
import { createMemoryStore } from '../../pipeline/budget/memory-store.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import type { HttpAnswer, HttpRequest } from '../../pipeline/http/send-request.ts';
import type { FetchItem, WindowItem } from '../../pipeline/ledger/items.ts';
import type { LedgerClient } from '../../pipeline/ledger/ledger.ts';
import type { RawLine } from '../../pipeline/raw-object.ts';
import type { CompiledResource, CompiledSource, Slice } from '../../pipeline/source/source.ts';
import { fakeBucket } from './fake-bucket.ts';
import { fakeDynamo } from './fake-dynamo.ts';
import { tableSpec } from './load-samples.ts';
import { defaultClient, defaultEndpoint, defaultResource } from '../../pipeline/source/default-parts.ts';

export interface ApiAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Instead of an answer. */
  error?: Error;
}

/** Around every effect: may wait before it, may throw before or after it. */
export type Gate = (effect: () => Promise<unknown>) => Promise<unknown>;
export type Api = (request: HttpRequest, signal: AbortSignal) => ApiAnswer | Promise<ApiAnswer>;

export const scheduledAt = '2026-11-21T10:05:00Z';

export function resource(
  name: string,
  slices: Slice[] = [{}],
  more: Partial<CompiledResource> = {},
): CompiledResource {
  return {
    ...defaultResource,
    name,
    endpoint: {
      ...defaultEndpoint,
      path: name,
      params: slices.some((slice) => 'city' in slice) ? { city: '{city}' } : {},
    },
    data_selector: '$',
    shape: 'list',
    slices,
    table: tableSpec(name, 'hour'),
    ...more,
  };
}

export function source(
  resources: CompiledResource[],
  client: Partial<CompiledSource['client']> = {},
): CompiledSource {
  return {
    v: 1,
    name: 'weather',
    client: {
      ...defaultClient,
      base_url: 'https://api.example/v1/',
      ...client,
    },
    resources,
  };
}

export type FetchWorld = ReturnType<typeof fetchWorld>;

export function fetchWorld(api: Api = () => ({ body: '[1]' })) {
  const world = {
    api,
    bucket: fakeBucket(),
    dynamo: fakeDynamo(),
    clock: Date.parse('2026-11-21T10:05:02Z'),
    remainingMs: 300_000,
    requests: [] as HttpRequest[],
    /** Events of the invocations that another one has begun. */
    invoked: [] as FetchEvent[],
    logs: [] as { event: string; level: string; [field: string]: unknown }[],
    /** Name → value, in both stores. */
    secrets: new Map<string, string>(),
    secretReads: [] as string[],
  };

  const store = (nameOf: (input: never) => string, answer: (value: string) => object) => ({
    send: async (command: { input: unknown }): Promise<unknown> => {
      const name = nameOf(command.input as never);
      world.secretReads.push(name);
      const value = world.secrets.get(name);
      if (value === undefined) throw Object.assign(new Error('not there'), { name: 'ParameterNotFound' });
      return answer(value);
    },
  });
  const stores = {
    ssm: store(
      ({ Name, WithDecryption }: { Name: string; WithDecryption: boolean }) =>
        WithDecryption ? Name : 'encrypted',
      (Value) => ({ Parameter: { Value } }),
    ),
    secretsManager: store(
      ({ SecretId }: { SecretId: string }) => SecretId,
      (SecretString) => ({ SecretString }),
    ),
  };
  const now = (): Date => new Date(world.clock);
  const secrets: Secrets = createSecrets(stores as never, now);
  const tokens = createTokenCache();
  const budgets = createMemoryStore();

  /** What one invocation gets. */
  const deps = (request = 'r1', gate: Gate = (effect) => effect()): FetchDeps => {
    const gated = (client: { send: (command: never) => Promise<unknown> }): unknown => ({
      send: (command: never) => gate(() => client.send(command)),
    });
    return {
      stagingBucket: 'staging',
      ledger: { table: 'ledger', dynamo: gated(world.dynamo) as LedgerClient },
      s3: gated(world.bucket) as ObjectStore,
      send: (sent, signal) =>
        gate(async () => {
          signal.throwIfAborted();
          world.requests.push(sent);
          return toAnswer(await world.api(sent, signal));
        }) as Promise<HttpAnswer>,
      secrets,
      tokens,
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
      budgets,
      mask: createSecretMask(),
      holder: { request, execution: `x${world.requests.length}` },
      invokeSelf: async (event) => void world.invoked.push(event),
      remainingMs: () => world.remainingMs,
      now,
      random: () => 0.5,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        world.clock += ms;
        world.remainingMs -= ms;
      },
      log: (event, fields, level) => void world.logs.push({ event, level: level ?? 'INFO', ...fields }),
    };
  };

  const item = (name: string, sk: string): unknown =>
    world.dynamo.items.get(JSON.stringify([`FETCH#${name}#all`, sk]));
  return Object.assign(world, {
    deps,
    window: (name: string) => item(name, 'WINDOW') as WindowItem | undefined,
    fetch: (name: string, at = scheduledAt) => item(name, `AT#${at}`) as FetchItem | undefined,
    /** The lines of the committed window. */
    lines: (name: string, at = scheduledAt): RawLine[] =>
      ((item(name, `AT#${at}`) as FetchItem | undefined)?.objects ?? []).flatMap(({ key }) =>
        world.bucket.linesOf(key).map((line) => JSON.parse(line) as RawLine),
      ),
    eventsOf: (event: string) => world.logs.filter((log) => log.event === event),
  });
}

function toAnswer({ status = 200, headers = {}, body = '', error }: ApiAnswer): HttpAnswer {
  if (error) throw error;
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Readable.from([Buffer.from(body)]),
  };
}
