import { parseDuration } from '../duration.ts';
import type { ClientPart } from '../schema/source-schema.ts';
import type { ApiBudget } from '../source.ts';

export function compileBudget(budget: NonNullable<ClientPart['api_budget']>): ApiBudget {
  const { weight, remaining_header: remaining, reset_header: reset } = budget;
  return {
    name: budget.name,
    policies: budget.policies.map(({ limit, per, window }) => ({
      limit,
      per_ms: parseDuration(per) ?? 0,
      window,
    })),
    reserve: budget.reserve,
    ...(weight === undefined ? {} : { weight }),
    ...(remaining === undefined ? {} : { remaining_header: remaining.toLowerCase() }),
    ...(reset === undefined ? {} : { reset_header: reset.toLowerCase() }),
  };
}
