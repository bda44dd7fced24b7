import { checkWeight } from '../../budget/weight.ts';
import { parseDuration } from '../duration.ts';
import type { Report } from '../report.ts';
import type { ClientPart } from '../schema/source-schema.ts';
import { checkHeader } from './check-headers.ts';

export function checkBudget(budget: NonNullable<ClientPart['api_budget']>, report: Report): void {
  const { policies, remaining_header: remaining, reset_header: reset } = budget;
  if (policies.length === 0 && remaining === undefined && reset === undefined) {
    report(
      [],
      'a budget without policies, and without a header that says what is left, allows everything: add policies: [{ limit: 600, per: PT1M }]',
    );
  }
  for (const [index, { per, limit }] of policies.entries()) {
    const first = policies.findIndex((policy) => parseDuration(policy.per) === parseDuration(per));
    if ((parseDuration(per) ?? 0) < 1000)
      report(['policies', index, 'per'], `'${per}': the shortest time of a policy is PT1S`);
    else if (first < index && policies[first]?.window === policies[index]?.window)
      report(
        ['policies', index],
        `two limits per ${per}: the smaller one, ${Math.min(limit, policies[first]?.limit ?? limit)}, is enough`,
      );
  }
  const fault = budget.weight === undefined ? undefined : checkWeight(budget.weight);
  if (fault) report(['weight'], fault.message, { offset: fault.offset });
  for (const key of ['remaining_header', 'reset_header'] as const) {
    const name = budget[key];
    if (name !== undefined) checkHeader(name, '', [key], report);
  }
  if (reset !== undefined && remaining === undefined)
    report(['reset_header'], 'without remaining_header nothing says when the reset matters: name both', {
      on: 'key',
    });
}
