/** Steps between the typed rows and their verdict: what the source leaves out, deletes, or finds unknown fields in. */
import { castFaults, expressionFaults } from './column-faults.ts';
import { triedName } from './computed-columns.ts';
import type { RecordReader } from './read-records.ts';
import type { TableDefinition } from './table-definition.ts';

interface DecidedRows {
  /** CTEs, each followed by a comma and a line break. */
  steps: string;
  last: string;
  /** Over the judged rows: goes into a file, or takes one out. */
  isStored: string;
  /** What `_extra` keeps. */
  extra: string;
}

/** Which rows the source leaves out, and which it takes for deletions; empty where it says nothing of either. */
export function decideRows(
  definition: TableDefinition,
  { reader, after }: { reader: RecordReader; after: string },
): DecidedRows {
  const { include_when, delete_when, schema_contract } = definition;
  const decided: string[] = [];
  if (include_when !== undefined) {
    const include = triedName({ name: 'include_when' });
    const readable = [...castFaults(definition), ...expressionFaults(definition)]
      .filter(
        ({ column, on_fail }) => on_fail !== 'warn' && column !== 'include_when' && column !== 'delete_when',
      )
      .map(({ failed }) => `NOT (${failed})`);
    // A value that cannot be read must not hide its row: where the filter cannot tell, the row is judged as any other.
    decided.push(
      `"_line_reject" IS NULL AND ${include} IS NOT NULL AND coalesce(NOT ${include}[1], ${readable.join(' AND ') || 'true'}) AS "_filtered"`,
    );
  }
  if (delete_when !== undefined)
    decided.push(`coalesce(${triedName({ name: 'delete_when' })}[1], false) AS "_deleted"`);
  const isStored = include_when === undefined ? '"_reject" IS NULL' : '"_reject" IS NULL AND NOT "_filtered"';
  const action = schema_contract?.columns ?? 'evolve';
  let steps = '';
  let last = after;
  if (decided.length > 0) {
    steps += `"decided" AS (\n  SELECT\n    *,\n    ${decided.join(',\n    ')}\n  FROM ${last}\n),\n`;
    last = '"decided"';
  }
  if (action === 'evolve') return { steps, last, isStored, extra: reader.extra };
  const looked =
    include_when === undefined ? '"_line_reject" IS NULL' : '"_line_reject" IS NULL AND NOT "_filtered"';
  steps += `"compared" AS (\n  SELECT *, CASE WHEN ${looked} THEN ${reader.extra} END AS "_leftover"\n  FROM ${last}\n),\n`;
  return { steps, last: '"compared"', isStored, extra: 'CAST(NULL AS VARCHAR)' };
}
