import type { BudgetStore } from '../../pipeline/budget/budget-store.ts';
import { createBudget } from '../../pipeline/budget/budget.ts';
import type { FetchPorts } from '../../pipeline/fetch/ports.ts';
import { createAuthenticator } from '../../pipeline/http/auth/authenticator.ts';
import type { Secrets } from '../../pipeline/http/auth/secrets.ts';
import type { TokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import type { Send } from '../../pipeline/http/send-request.ts';
import type { Client } from '../../pipeline/source/source.ts';

/** What outlives an invocation. */
export interface Shared {
  client: Client;
  send: Send;
  secrets: Secrets;
  tokens: TokenCache;
  budgets: BudgetStore;
  kind: 'live' | 'backfill';
}

export interface Invocation {
  ports: Omit<FetchPorts, 'landing' | 'limit'>;
  /** Milliseconds since 1970. */
  now: () => number;
  logs: string[];
}

/** The example of AWS's own documentation. */
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session-of-the-role',
};

/** One run of the fetcher: its clock begins at `begun` and moves by waits alone. */
export function openInvocation(shared: Shared, begun: number, timeMs: number): Invocation {
  const { client, send, secrets, tokens, budgets, kind } = shared;
  let clock = begun;
  const logs: string[] = [];
  const mask = createSecretMask();
  const now = (): Date => new Date(clock);
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    clock += ms;
  };
  const { signal } = new AbortController();
  const auth = createAuthenticator(client, {
    secrets,
    tokens,
    send,
    mask,
    now,
    sleep,
    signal,
    credentials: async () => credentials,
  });
  const budget = client.api_budget && createBudget(client.api_budget, { store: budgets, now, kind });
  return {
    ports: {
      client,
      send,
      auth,
      secrets,
      budget,
      mask,
      now,
      random: () => 0.5,
      sleep,
      log: (event, fields) => void logs.push(JSON.stringify({ event, ...fields })),
      timeLeftMs: () => timeMs - (clock - begun),
      signal,
    },
    now: () => clock,
    logs,
  };
}
