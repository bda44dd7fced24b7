/** What can be wrong with a row's values, column by column: each fault a named reason, and what the row then meets. */
import { ConfigError } from '../errors.ts';
import { quoteName, quoteText, textName } from './quote.ts';
import { scalarLiteral } from './scalar-literal.ts';
import { triedName } from './computed-columns.ts';
import type { ColumnDefinition, OnFail, Scalar, TableDefinition } from './table-definition.ts';

export interface Fault {
  reason: string;
  column: string;
  /** SQL over the typed row: of what is not about a rule true or false, never NULL. */
  failed: string;
  /** SQL: the column, and the value at fault. */
  detail: string;
  on_fail: OnFail;
}

/** Of a value at fault, in characters. */
const valueCap = 200;

/** Values that cannot be cast. `discard_value` stores NULL in their place, and counts them. */
export function castFaults({ columns, schema_contract }: TableDefinition): Fault[] {
  const action = schema_contract?.data_type ?? 'evolve';
  return columns
    .filter((column) => column.type !== 'varchar' && !('expression' in column.from))
    .map(({ name, ...column }) => ({
      reason: action === 'evolve' ? 'cast' : 'contract_type',
      column: name,
      failed: `${quoteName(name)} IS NULL AND ${textName({ name })} IS NOT NULL`,
      detail: `concat(${quoteText(`${name}: `)}, left(${textName({ ...column, name })}, ${valueCap}))`,
      on_fail: action === 'freeze' ? 'fail' : action === 'discard_value' ? 'warn' : 'quarantine',
    }));
}

/** Expressions that cannot be computed, and numbers and times without end. */
export function expressionFaults({ columns, include_when, delete_when }: TableDefinition): Fault[] {
  const computed = columns.filter(({ from }) => 'expression' in from);
  const conditions = Object.entries({ include_when, delete_when }).filter(([, text]) => text !== undefined);
  return [
    ...computed.map((column) => ({ column: column.name, failed: uncomputed(column) })),
    ...conditions.map(([name]) => ({ column: name, failed: `${triedName({ name })} IS NULL` })),
  ].map(({ column, failed }) => ({
    reason: 'expression',
    column,
    failed,
    detail: quoteText(column),
    on_fail: 'quarantine',
  }));
}

/** The rules that the source gives a column. */
export function ruleFaults({ columns, delete_when }: TableDefinition): Fault[] {
  // A row that removes its key often has nothing but the key.
  const asked = delete_when === undefined ? '' : 'NOT "_deleted" AND ';
  return columns.flatMap((column) =>
    rulesOf(column).map(({ reason, broken }) => ({
      reason,
      column: column.name,
      failed: asked + broken,
      detail:
        reason === 'not_null'
          ? quoteText(column.name)
          : `concat(${quoteText(`${column.name}: `)}, left(CAST(${quoteName(column.name)} AS VARCHAR), ${valueCap}))`,
      on_fail: column.on_fail ?? 'quarantine',
    })),
  );
}

/** NULL breaks no rule but `not_null`: in SQL, what is compared with it is neither true nor false. */
function rulesOf(column: ColumnDefinition): { reason: string; broken: string }[] {
  const name = quoteName(column.name);
  const literal = (what: string, value: Scalar) => scalarLiteral(column, what, value);
  const rules: { reason: string; broken: string }[] = [];
  if (column.not_null === true) rules.push({ reason: 'not_null', broken: `${name} IS NULL` });
  if (column.in !== undefined) {
    const values = column.in.map((value) => literal('in', value)).join(', ');
    rules.push({ reason: 'not_in', broken: `${name} NOT IN (${values})` });
  }
  if (column.min !== undefined)
    rules.push({ reason: 'below_min', broken: `${name} < ${literal('min', column.min)}` });
  if (column.max !== undefined)
    rules.push({ reason: 'above_max', broken: `${name} > ${literal('max', column.max)}` });
  if (column.matches !== undefined) {
    if (column.type !== 'varchar') {
      throw new ConfigError(
        `column ${column.name}: matches is for text, not for ${column.type}; take min, max or in`,
      );
    }
    const pattern = quoteText(column.matches);
    rules.push({ reason: 'no_match', broken: `NOT regexp_full_match(${name}, ${pattern})` });
  }
  return rules;
}

function uncomputed({ name, type }: ColumnDefinition): string {
  const failed = `${triedName({ name })} IS NULL`;
  const endless = ['double', 'date', 'timestamp'].includes(type);
  return endless ? `${failed} OR NOT coalesce(isfinite(${quoteName(name)}), true)` : failed;
}
