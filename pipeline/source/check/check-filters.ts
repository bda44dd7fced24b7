import { reportBelow, type Report } from '../report.ts';
import type { ClientPart } from '../schema/source-schema.ts';
import { checkHeader } from './check-headers.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkPattern } from './check-pattern.ts';

type FilterPart = NonNullable<ClientPart['response_filters']>[number];

const conditions = ['status', 'content_type', 'contains', 'body', 'header'] as const;
const predicates = ['equals', 'in', 'matches', 'exists'] as const;

export function checkFilters(filters: readonly FilterPart[], report: Report): void {
  for (const [index, filter] of filters.entries()) {
    checkFilter(filter, reportBelow(report, [index]));
    const first = filters.findIndex((other) => conditionOf(other) === conditionOf(filter));
    if (first < index) {
      const message = `never asked: filter ${first + 1} says the same of a response, and decides`;
      report([index], message, { severity: 'warning' });
    }
  }
}

function checkFilter(filter: FilterPart, report: Report): void {
  if (conditions.every((name) => filter[name] === undefined)) {
    report(
      [],
      `a filter names what it applies to: one or more of ${conditions.join(', ')}; without any it would apply to every response`,
    );
  }
  const { body, header, action } = filter;
  if (body) {
    checkJsonPath(body.path, ['body', 'path'], report);
    const named = predicates.filter((name) => body[name] !== undefined);
    const [first, second] = named;
    if (first === undefined)
      report(
        ['body'],
        `a rule for the body says one thing of its path: ${predicates.join(', ')}; that it is there is exists: true`,
      );
    else if (second !== undefined)
      report(
        ['body', second],
        `a rule for the body says one thing of its path: leave out '${first}' or '${second}'`,
        { on: 'key' },
      );
    if (body.matches !== undefined) checkPattern(body.matches, ['body', 'matches'], report);
  }
  if (header) {
    checkHeader(header.name, '', ['header', 'name'], report);
    if (header.matches !== undefined) checkPattern(header.matches, ['header', 'matches'], report);
  }
  if (action === 'ignore' && filter.message !== undefined)
    report(['message'], 'nobody reads the message of a response that is ignored', {
      severity: 'warning',
      on: 'key',
    });
}

function conditionOf(filter: FilterPart): string {
  return JSON.stringify(conditions.map((name) => filter[name] ?? null));
}
