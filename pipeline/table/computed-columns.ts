/** Columns and conditions that the source gives as SQL: steps of the parse statement, one reading the one before it. */
import { quoteName } from './quote.ts';
import { embedExpression, mayName } from './sql-expression.ts';
import type { ColumnDefinition, TableDefinition } from './table-definition.ts';

export interface ComputedSteps {
  /** CTEs, each followed by a comma and a line break; empty where nothing is computed. */
  steps: string;
  /** The step to read from: the last of them, or the one given. */
  last: string;
}

/**
 * What an expression gave, in a list of one; NULL where it could not be computed. Data may make any expression fail (a
 * text that is no number, a sum beyond 64 bits), and must not fail the load.
 */
export function triedName(column: { name: string }): string {
  return quoteName(`_tried ${column.name}`);
}

export function computedSteps(definition: TableDefinition, start: string): ComputedSteps {
  const { name: table, include_when, delete_when } = definition;
  let last = start;
  let steps = '';
  const addStep = (step: string, added: string[]): void => {
    steps += `${quoteName(step)} AS (\n  SELECT\n    *,\n    ${added.join(',\n    ')}\n  FROM ${last}\n),\n`;
    last = quoteName(step);
  };
  for (const [index, group] of groupComputed(definition.columns).entries()) {
    const tried = group.map(({ name, type, expression }) => {
      const where = `table ${table}: column ${name}: expression`;
      return `${tryCast(embedExpression(expression, where), type)} AS ${triedName({ name })}`;
    });
    addStep(`tried_${index + 1}`, tried);
    // -0.0 becomes 0.0, as in castValue.
    const computed = group.map(({ name, type }) => {
      const value = `${triedName({ name })}[1]`;
      return `${type === 'double' ? `${value} + 0` : value} AS ${quoteName(name)}`;
    });
    addStep(`computed_${index + 1}`, computed);
  }
  const conditions = Object.entries({ include_when, delete_when }).flatMap(([name, text]) =>
    text === undefined
      ? []
      : [`${tryCast(embedExpression(text, `table ${table}: ${name}`), 'boolean')} AS ${triedName({ name })}`],
  );
  if (conditions.length > 0) addStep('conditions', conditions);
  return { steps, last };
}

/** Whether some SQL of the source looks at the record itself; a column of that name hides it. */
export function usesRecord({ columns, include_when = '', delete_when = '' }: TableDefinition): boolean {
  if (columns.some(({ name }) => name === 'record')) return false;
  const expressions = columns.flatMap(({ from }) => ('expression' in from ? [from.expression] : []));
  return [...expressions, include_when, delete_when].some((text) => mayName(text, 'record'));
}

type Computed = Pick<ColumnDefinition, 'name' | 'type'> & { expression: string };

/** In their order, cut before one that may name another of its group. */
function groupComputed(columns: readonly ColumnDefinition[]): Computed[][] {
  const groups: Computed[][] = [];
  for (const { name, type, from } of columns) {
    if (!('expression' in from)) continue;
    const computed = { name, type, expression: from.expression };
    const group = groups.at(-1);
    if (!group || group.some((other) => mayName(computed.expression, other.name))) groups.push([computed]);
    else group.push(computed);
  }
  return groups;
}

function tryCast(expression: string, type: string): string {
  return `TRY([CAST(${expression} AS ${type.toUpperCase()})])`;
}
