/** The engine without AWS: an API, memory for objects and state, a clock that stands still but for pauses. */
import { Readable } from 'node:stream';
import { createBudget } from '../../pipeline/budget/budget.ts';
import { createMemoryStore } from '../../pipeline/budget/memory-store.ts';
import { createChainCache } from '../../pipeline/fetch/chain-cache.ts';
import { fetchInMemory } from '../../pipeline/fetch/fetch-in-memory.ts';
import { InterruptedFetch } from '../../pipeline/fetch/interrupted-fetch.ts';
import type { Exchange } from '../../pipeline/fetch/ports.ts';
import type { Position, ResourceOutcome } from '../../pipeline/fetch/task.ts';
import { createAuthenticator } from '../../pipeline/http/auth/authenticator.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import type { ResourceState } from '../../pipeline/ledger/resource-state.ts';
import type { RawLine } from '../../pipeline/raw-object.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';
import { scheduledAt, source, type Api } from './fetch-world.ts';

export interface Fetched {
  outcome: ResourceOutcome;
  lines: RawLine[];
}

export type EngineWorld = ReturnType<typeof engineWorld>;

/** Each `fetch` is one invocation; what it commits, or the place where it has paused, is where the next one starts. */
export function engineWorld(
  api: Api,
  resources: CompiledResource[],
  client: Partial<CompiledSource['client']> = {},
) {
  const compiled = source(resources, client);
  const objects = new Map<string, Buffer[]>();
  const states = new Map<string, ResourceState>();
  const positions = new Map<string, Position>();
  const budgets = createMemoryStore();
  const secrets = new Map<string, string>();
  const world = {
    api,
    source: compiled,
    states,
    positions,
    secrets,
    clock: Date.parse('2026-11-21T10:05:02Z'),
    timeLeftMs: 300_000,
    /** Path and query, with the body of a POST. */
    requests: [] as string[],
    /** Everything that landed and was committed, in order. */
    lines: [] as RawLine[],
    logs: [] as { event: string; [field: string]: unknown }[],
    exchanges: [] as Exchange[],
  };
  const now = (): Date => new Date(world.clock);
  const send = async (request: Parameters<Api>[0], signal: AbortSignal) => {
    signal.throwIfAborted();
    const { pathname, search } = request.url;
    world.requests.push(
      `${pathname.replace('/v1/', '')}${search}${request.body === undefined ? '' : ` ${request.body}`}`,
    );
    const { status = 200, headers = {}, body = '', error } = await world.api(request, signal);
    if (error) throw error;
    return {
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body: Readable.from([Buffer.from(body)]),
    };
  };

  /** What one invocation gets. */
  const openPorts = () => {
    const mask = createSecretMask();
    const chains = createChainCache();
    const invocation = new AbortController();
    const deps = {
      secrets: {
        read: async ({ secret }: { secret: string }) => secrets.get(secret) ?? '',
        renew: async ({ secret }: { secret: string }) => secrets.get(secret) ?? '',
        readAnew: async ({ secret }: { secret: string }) => secrets.get(secret) ?? '',
        replace: async (_: unknown, __: string, value: string) => value,
      },
      tokens: createTokenCache(),
      send,
      mask,
      now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        signal?.throwIfAborted();
        world.clock += ms;
        world.timeLeftMs -= ms;
      },
      credentials: () => Promise.reject(new Error('none')),
    };
    const budget = compiled.client.api_budget;
    return {
      ...deps,
      client: compiled.client,
      auth: createAuthenticator(compiled.client, deps),
      ...(budget && { budget: createBudget(budget, { store: budgets, now, kind: 'live' }) }),
      random: () => 0,
      log: (event: string, fields: Record<string, unknown>) => void world.logs.push({ event, ...fields }),
      timeLeftMs: () => world.timeLeftMs,
      signal: invocation.signal,
      chains,
      onExchange: (exchange: Exchange) => void world.exchanges.push(exchange),
    };
  };

  const fetchAll = async (...names: string[]): Promise<Map<string, Fetched>> => {
    const ports = openPorts();
    const { chains } = ports;
    const startedAt = now();
    const chosen = resources.filter(({ name }) => names.includes(name));
    for (const { name } of chosen) chains.expect(name);
    const results = await Promise.all(
      chosen.map(async (resource): Promise<[string, Fetched]> => {
        const { name } = resource;
        const state = states.get(name) ?? { cursors: {} };
        const task = { resource, resources, scheduledAt, state, startedAt, resume: positions.get(name) };
        try {
          const { outcome, lines } = await fetchInMemory(structuredClone(task), ports, objects);
          const parsed = lines.map((line) => JSON.parse(line.toString()) as RawLine);
          if (outcome.kind === 'complete') {
            states.set(name, outcome.state);
            world.lines.push(...parsed);
          }
          positions.delete(name);
          if (outcome.position) positions.set(name, JSON.parse(JSON.stringify(outcome.position)) as Position);
          return [name, { outcome, lines: parsed }];
        } catch (error) {
          if (error instanceof InterruptedFetch) positions.set(name, error.position);
          throw error;
        } finally {
          chains.begun(name);
        }
      }),
    );
    return new Map(results);
  };

  const fetch = async (name = resources[0]?.name ?? ''): Promise<Fetched> => {
    const results = await fetchAll(name);
    return results.get(name) as Fetched;
  };
  return Object.assign(world, { fetch, fetchAll, openPorts });
}
