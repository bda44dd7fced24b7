import { defineColumn } from '../compile/define-table.ts';
import { ExpressionError } from '../expression-error.ts';
import { parseJsonPath, type JsonPath } from '../json-path.ts';
import type { Report } from '../report.ts';
import type { ResourcePart } from '../schema/source-schema.ts';

/** `shape: columns`: a column's path is the name of its list, and one list at least says how many rows there are. */
export function checkShape(
  { shape, columns }: Pick<ResourcePart, 'shape' | 'columns'>,
  report: Report,
): void {
  if (shape !== 'columns') return;
  let lists = 0;
  for (const [name, column] of Object.entries(columns)) {
    const { from } = defineColumn(name, column);
    if (!('record' in from)) continue;
    lists += 1;
    const path = readPath(from.record);
    if (path && (path.length !== 1 || typeof path[0] !== 'string')) {
      report(
        ['columns', name, 'from'],
        `with shape: columns a path is the name of a list, such as $.${name}; the selector leads to the lists`,
      );
    }
  }
  if (lists === 0 && Object.keys(columns).length > 0) {
    report(
      ['columns'],
      'with shape: columns one column at least is a list of the response: it says how many rows there are',
    );
  }
}

/** Undefined for a path that is reported elsewhere. */
function readPath(text: string): JsonPath | undefined {
  try {
    return parseJsonPath(text);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
