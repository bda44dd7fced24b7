/** What the columns that stay are read from, and what is asked of their values. */
import type { Change, ComparedTable } from './compare-change.ts';
import { describeDifferences, differencesIn } from './compare-values.ts';
import type { ColumnDefinition } from './table-definition.ts';

const reading = ['from', 'unit', 'format', 'timezone', 'exact', 'trim', 'null_if', 'default'] as const;
const rules = ['not_null', 'in', 'min', 'max', 'matches', 'unique', 'on_fail'] as const;

/** Of columns in both; nothing where the deployed source does not say it. */
export function compareReadings(before: ComparedTable, after: ComparedTable): Change[] {
  return (after.definition?.columns ?? []).flatMap((column): Change[] => {
    const was = definitionOf(before, column.name);
    if (!was) return [];
    return [...compareReading(was, column, after), ...compareRules(was, column)];
  });
}

/** Whether two columns take the same value from a record; false where a source does not say it. */
export function readTheSame(
  [was, oldName]: [table: ComparedTable | undefined, name: string],
  [is, newName]: [table: ComparedTable, name: string],
): boolean {
  const [before, after] = [definitionOf(was, oldName), definitionOf(is, newName)];
  return before !== undefined && after !== undefined && differencesIn(reading, before, after).length === 0;
}

function compareReading(
  was: ColumnDefinition,
  column: ColumnDefinition,
  { spec, definition }: ComparedTable,
): Change[] {
  const differences = differencesIn(reading, was, column);
  if (differences.length === 0) return [];
  const { name } = column;
  const placesRows = spec.partition_by !== 'none' && definition?.event_time === name;
  return [
    {
      what: 'column read otherwise',
      change: `column ${name} is read otherwise: ${describeDifferences(differences)}`,
      means:
        placesRows || spec.key.includes(name)
          ? 'It says which row a record is, or where that lies: a record that is fetched again and gives another value now comes as a further row, beside the stored one.'
          : 'Stored rows keep what was read, until they are fetched again.',
      verdict: 'needs reprocess',
      path: ['columns', name],
    },
  ];
}

function compareRules(was: ColumnDefinition, column: ColumnDefinition): Change[] {
  const differences = differencesIn(rules, was, column);
  if (differences.length === 0) return [];
  const { name } = column;
  return [
    {
      what: 'column rules changed',
      change: `the rules of column ${name} change: ${describeDifferences(differences)}`,
      means: 'Rows that are stored, or in quarantine, are not judged again.',
      verdict: 'needs reprocess',
      path: ['columns', name],
    },
  ];
}

function definitionOf(table: ComparedTable | undefined, name: string): ColumnDefinition | undefined {
  return table?.definition?.columns.find((column) => column.name === name);
}
