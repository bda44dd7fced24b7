/** One fetch of a source on this machine, by the code that the fetch function runs, into memory. */
import { fetchInMemory, type MemoryObjects } from '../../pipeline/fetch/fetch-in-memory.ts';
import type { Exchange, FetchPorts, Log } from '../../pipeline/fetch/ports.ts';
import type { ResourceOutcome } from '../../pipeline/fetch/task.ts';
import { createAuthenticator } from '../../pipeline/http/auth/authenticator.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask, type SecretMask } from '../../pipeline/http/secret-mask.ts';
import type { Send } from '../../pipeline/http/send-request.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';

export interface TrialDeps {
  /** Requests for data. */
  send: Send;
  /** Requests for tokens; default: `send`. */
  sendLogin?: Send;
  secrets: Secrets;
  mask?: SecretMask;
  now: () => Date;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  random: () => number;
  log: Log;
  credentials: Parameters<typeof createAuthenticator>[1]['credentials'];
}

export interface TrialOptions {
  /** Names; absent: all. */
  resources?: string[] | undefined;
  /** Of each resource; later ones are left out. */
  maxRequests?: number | undefined;
  maxSlices?: number | undefined;
  /** The end of windows, and the scheduled time. */
  at: Date;
}

export interface Trial {
  resource: CompiledResource;
  exchanges: Exchange[];
  outcome?: ResourceOutcome;
  /** What the resource failed with. */
  error?: Error;
  /** The raw lines so far, whole pages of them. */
  lines: Buffer[];
  /** There would have been more. */
  cutShort: boolean;
}

const unhurried = 24 * 3_600_000;

/** One resource after the other: what went wrong in one is no matter to the next. */
export async function* runTrial(
  source: CompiledSource,
  options: TrialOptions,
  deps: TrialDeps,
): AsyncGenerator<Trial> {
  const mask = deps.mask ?? createSecretMask();
  const signal = new AbortController().signal;
  const auth = createAuthenticator(source.client, {
    ...deps,
    mask,
    send: deps.sendLogin ?? deps.send,
    tokens: createTokenCache(),
  });
  const chosen = source.resources.filter(({ name }) => options.resources?.includes(name) ?? true);
  for (const resource of chosen) {
    const exchanges: Exchange[] = [];
    const objects: MemoryObjects = new Map();
    const { maxRequests = Infinity, maxSlices = Infinity } = options;
    const ports: Omit<FetchPorts, 'landing' | 'limit'> = {
      ...deps,
      client: source.client,
      auth,
      mask,
      signal,
      // Time that is over ends a fetch cleanly, wherever it is.
      timeLeftMs: () => (exchanges.length < maxRequests ? unhurried : 0),
      onExchange: (exchange) => void exchanges.push(exchange),
    };
    const task = {
      resource: { ...resource, slices: resource.slices.slice(0, maxSlices) },
      resources: source.resources,
      scheduledAt: `${options.at.toISOString().slice(0, 19)}Z`,
      startedAt: options.at,
      state: { cursors: {} },
    };
    const cut = resource.slices.length > maxSlices;
    try {
      const { outcome, lines } = await fetchInMemory(task, ports, objects);
      const all = outcome.kind === 'complete' ? lines : pausedLines(outcome, objects);
      yield {
        resource,
        exchanges,
        outcome,
        lines: all,
        cutShort: cut || outcome.kind === 'paused' || outcome.behind > 0,
      };
    } catch (error) {
      yield { resource, exchanges, error: mask.maskError(error), lines: [], cutShort: cut };
    }
  }
}

function pausedLines({ position }: ResourceOutcome, objects: MemoryObjects): Buffer[] {
  const kept = [...(position?.objects ?? []), ...(position?.open ?? []).flatMap((unit) => unit.objects)];
  return kept.flatMap(({ key }) => objects.get(key) ?? []);
}
