import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { Expected, ExpectedRows } from './fixture.ts';
import type { ParsedRows } from './parse-lines.ts';
import type { Trial } from './run-trial.ts';

export function describeTables(parsed: Map<TableSpec, ParsedRows>, { outcome }: Trial): Expected {
  const tables = [...parsed].map(([{ name }, rows]) => [name, describeRows(rows)] as const);
  return { tables: Object.fromEntries(tables), skipped: outcome?.skippedCount ?? 0 };
}

/** Rows of all tables. */
export function countRows({ tables }: Expected): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows.length, 0);
}

function describeRows({ rejects, ...rows }: ParsedRows): ExpectedRows {
  const quarantined: Record<string, number> = {};
  for (const { reason } of rejects) quarantined[reason] = (quarantined[reason] ?? 0) + 1;
  return { ...rows, quarantined };
}

const mostDifferences = 10;
const nothing: ExpectedRows = { rows: [], filtered: 0, deleted: 0, violations: {}, quarantined: {} };

/** What differs, in words; empty when nothing does. */
export function compareTables(expected: Expected, actual: Expected): string[] {
  const names = [...new Set([...Object.keys(expected.tables), ...Object.keys(actual.tables)])];
  const differences = names.flatMap((name) =>
    compareRows(expected.tables[name] ?? nothing, actual.tables[name] ?? nothing).map((difference) =>
      names.length === 1 ? difference : `${name}: ${difference}`,
    ),
  );
  if (expected.skipped !== actual.skipped) {
    differences.unshift(`${actual.skipped} slices skipped instead of ${expected.skipped}`);
  }
  const hidden = differences.length - mostDifferences;
  return hidden > 0
    ? [...differences.slice(0, mostDifferences), `and ${hidden} more differences`]
    : differences;
}

function compareRows(expected: ExpectedRows, actual: ExpectedRows): string[] {
  const differences: string[] = [];
  if (expected.rows.length !== actual.rows.length) {
    differences.push(`${actual.rows.length} rows instead of ${expected.rows.length}`);
  }
  for (const name of ['filtered', 'deleted'] as const) {
    if (expected[name] !== actual[name])
      differences.push(`${actual[name]} ${name} instead of ${expected[name]}`);
  }
  for (const name of ['quarantined', 'violations'] as const) {
    const [before, after] = [expected, actual].map((side) =>
      JSON.stringify(Object.entries(side[name]).toSorted(byName)),
    );
    if (before !== after) differences.push(`${name} ${after} instead of ${before}`);
  }
  for (const [index, row] of expected.rows.entries()) {
    const found = actual.rows[index];
    if (!found) break;
    for (const column of new Set([...Object.keys(row), ...Object.keys(found)])) {
      if (row[column] === found[column]) continue;
      differences.push(`row ${index + 1}, ${column}: ${show(found[column])} instead of ${show(row[column])}`);
    }
  }
  return differences;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function show(value: string | null | undefined): string {
  return value === undefined ? 'no such column' : JSON.stringify(value);
}
