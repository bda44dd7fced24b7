import type { TableDefinition } from '../../table/table-definition.ts';
import { defineChildTable, defineTable } from '../compile/define-table.ts';
import { reportBelow, type Report } from '../report.ts';
import type { SourceFile } from '../schema/source-schema.ts';

export interface SqlFault {
  /** Below the table, whose names have no dots: `columns.x.expression`; empty: the table as a whole. */
  path: string;
  message: string;
  /** In the text of the expression. */
  offset?: number;
}

/** What an engine says of a table's expressions. */
export type CheckSql = (table: TableDefinition) => Promise<SqlFault[]>;

/** Expressions are SQL: only an engine knows what is wrong with them, before the first night. */
export async function checkExpressions(
  source: SourceFile,
  checkSql: CheckSql,
  report: Report,
): Promise<void> {
  for (const [index, resource] of source.resources.entries()) {
    const below = reportBelow(report, ['resources', index]);
    reportFaults(await checkSql(defineTable(resource)), below);
    for (const [number, child] of (resource.child_tables ?? []).entries()) {
      const faults = await checkSql(defineChildTable(resource, child));
      reportFaults(faults, reportBelow(below, ['child_tables', number]));
    }
  }
}

function reportFaults(faults: readonly SqlFault[], report: Report): void {
  for (const { path, message, offset } of faults)
    report(path === '' ? [] : path.split('.'), message, offset === undefined ? {} : { offset });
}
