import type { JsonPath } from '../json-path.ts';
import type { Report } from '../report.ts';
import { decimalDigits, explainColumnType, parseColumnType } from '../schema/column-type.ts';
import type { ColumnPart, ResourcePart } from '../schema/source-schema.ts';
import { checkColumnRules } from './check-column-rules.ts';
import { checkJsonPath } from './check-json-path.ts';
import { checkTemplate } from './check-template.ts';
import { checkTime } from './check-times.ts';
import type { Path } from '../yaml-span.ts';
import type { TemplateScope } from './template-scope.ts';

type LongColumn = Exclude<ColumnPart, string>;

export interface ColumnContext {
  scope: TemplateScope;
  shape: ResourcePart['shape'] | undefined;
  isChild: boolean;
}

const origins = ['from', 'from_response', 'from_parent', 'from_key', 'value', 'expression'] as const;

/** The contract of a table, beyond the form of its entries; paths start at `columns`. */
export function checkColumns(columns: ResourcePart['columns'], context: ColumnContext, report: Report): void {
  if (Object.keys(columns).length === 0) report([], 'a table has at least one column');
  for (const [name, column] of Object.entries(columns)) {
    if (typeof column === 'string') checkDigits({ type: column }, [name], report);
    else checkLongColumn(name, column, context, report);
  }
}

function checkLongColumn(name: string, column: LongColumn, context: ColumnContext, report: Report): void {
  const named = origins.filter((key) => column[key] !== undefined && column[key] !== false);
  const [first, second] = named;
  if (first !== undefined && second !== undefined) {
    report([name, second], `a column has one origin: leave out '${first}' or '${second}'`, { on: 'key' });
  }
  if (column.value !== undefined) checkTemplate(column.value, [name, 'value'], context.scope, report);
  const path = checkPathOf(name, column, report);
  checkPlace(name, column, context, report);
  checkTime(name, column, report);
  checkDigits(column, [name, 'type'], report);
  if (column.exact === true) checkExact(name, column, path, report);
  checkColumnRules(name, column, report);
}

function checkPathOf(name: string, column: LongColumn, report: Report): JsonPath | undefined {
  const key = (['from', 'from_response', 'from_parent'] as const).find(
    (origin) => column[origin] !== undefined,
  );
  return key && checkJsonPath(column[key] ?? '', [name, key], report);
}

/** Origins that some tables only have. */
function checkPlace(
  name: string,
  column: LongColumn,
  { shape, isChild }: ColumnContext,
  report: Report,
): void {
  if (column.from_parent !== undefined && !isChild)
    report(
      [name, 'from_parent'],
      'from_parent is for child tables; the element of for_each is a value: {station.id}',
      {
        on: 'key',
      },
    );
  if (column.from_key === true && (isChild || (shape !== undefined && shape !== 'map')))
    report([name, 'from_key'], 'from_key is for shape: map, whose records have a key', { on: 'key' });
}

function checkExact(name: string, column: LongColumn, path: JsonPath | undefined, report: Report): void {
  const type = parseColumnType(column.type);
  const refuse = (message: string): void => report([name, 'exact'], message, { on: 'key' });
  if (type !== undefined && type !== 'varchar' && decimalDigits(type) === undefined)
    return refuse(`exact is for decimal and varchar; a ${type} has its own precision`);
  if (column.value !== undefined) return refuse('a template is text already: leave out exact');
  if (column.from_key === true) return refuse('a key is text already: leave out exact');
  if (column.expression !== undefined)
    return refuse('the numbers of an expression are those of its columns: exact belongs there');
  if (!path) return;
  const field = path.findLast((step) => typeof step === 'string');
  if (field === undefined) return refuse('exact needs a path with the name of a field');
  // The join step finds such a field by the text before it.
  if (/^[,:\]}]/.test(field)) refuse(`exact cannot follow a field whose name begins with ${field.charAt(0)}`);
  else if (path.filter((step) => typeof step === 'number').length > 3)
    refuse('exact cannot follow a number through more than three lists');
}

/** DuckDB's JSON numbers are doubles: beyond 15 digits a decimal would be rounded in silence (law 13). */
function checkDigits(column: LongColumn | { type: string }, path: Path, report: Report): void {
  const type = parseColumnType(column.type);
  if (type === undefined) return report(path, explainColumnType(column.type));
  const digits = decimalDigits(type);
  if (digits === undefined || digits <= 15) return;
  if ('exact' in column && column.exact === true) return;
  if ('value' in column && (column.value !== undefined || column.expression !== undefined)) return;
  report(
    path,
    `${column.type}: beyond 15 digits a JSON number is rounded unless the column says exact: { type: '${column.type}', exact: true }`,
  );
}
