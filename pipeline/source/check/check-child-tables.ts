import { reportBelow, type Report } from '../report.ts';
import type { ChildTablePart, ResourcePart } from '../schema/source-schema.ts';
import { checkColumns } from './check-columns.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkKey } from './check-key.ts';
import { checkPartitions } from './check-partitions.ts';
import { protectionOf } from './check-protection.ts';
import type { TemplateScope } from './template-scope.ts';

export interface ChildContext {
  scope: TemplateScope;
  shape: ResourcePart['shape'] | undefined;
  year: number;
}

/** Lists within records, each a table of its own; reports start at `child_tables`. */
export function checkChildTables(
  children: readonly ChildTablePart[],
  { scope, shape, year }: ChildContext,
  report: Report,
): void {
  if (children.length > 0 && shape === 'columns')
    report([], 'with shape: columns a record is a position in lists: it has no list of its own', {
      on: 'key',
    });
  for (const [index, child] of children.entries()) {
    const below = reportBelow(report, [index]);
    if (checkJsonPath(child.records, ['records'], below)?.length === 0)
      below(['records'], 'the path of a list within each record is needed, such as $.lines');
    checkColumns(child.columns, { scope, shape, isChild: true }, reportBelow(below, ['columns']));
    refuseProtection(child, below);
    checkKey(child, scope.slices, below);
    checkPartitions(child, year, below);
  }
}

/** What lies in a list of a list has no one place in the record. */
function refuseProtection({ columns }: ChildTablePart, report: Report): void {
  for (const [name, column] of Object.entries(columns)) {
    const how = protectionOf(column);
    if (how !== undefined)
      report(
        ['columns', name, how],
        `${how} is for fields of the record itself: within a list, ${how} the whole list in a column of the resource`,
        { on: 'key' },
      );
  }
}
