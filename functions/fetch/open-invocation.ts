import { createBudget, type Budget } from '../../pipeline/budget/budget.ts';
import { createChainCache, type ChainCache } from '../../pipeline/fetch/chain-cache.ts';
import { createLimit, type Limit } from '../../pipeline/fetch/limit-requests.ts';
import { createAuthenticator, type Authenticator } from '../../pipeline/http/auth/authenticator.ts';
import type { Client } from '../../pipeline/source/source.ts';
import type { FetchDeps } from './deps.ts';

/** What the windows of one invocation have in common. */
export interface Invocation {
  client: Client;
  /** Where windows up to now end. */
  startedAt: Date;
  limit: Limit;
  auth: Authenticator;
  /** A backfill leaves the budget's reserve to live fetches. */
  budgets: Record<'live' | 'backfill', Budget> | undefined;
  chains: ChainCache;
}

export function openInvocation(client: Client, deps: FetchDeps): Invocation {
  const { now, budgets: store } = deps;
  const { api_budget: budget } = client;
  return {
    client,
    startedAt: now(),
    limit: createLimit(client.concurrency),
    auth: createAuthenticator(client, deps),
    budgets: budget && {
      live: createBudget(budget, { store, now, kind: 'live' }),
      backfill: createBudget(budget, { store, now, kind: 'backfill' }),
    },
    chains: createChainCache(),
  };
}

/** What was taken in advance and not used; should that fail, it ends with its window. */
export async function releaseBudgets({ budgets }: Invocation): Promise<void> {
  if (!budgets) return;
  for (const budget of [budgets.live, budgets.backfill]) await budget.release().catch(() => undefined);
}
