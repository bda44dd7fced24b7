import { isSame, type Change, type ComparedTable } from './compare-change.ts';
import { compareReadings, readTheSame } from './compare-readings.ts';
import { holdsAll } from './holds-all.ts';
import type { Column } from './table-spec.ts';

/** `stored`: the columns of the files, where they are known; else those of the deployed source. */
export interface ComparedColumns {
  stored: readonly Column[];
  before: ComparedTable | undefined;
  after: ComparedTable;
}

/** Adding is all that files can follow: a column that goes or changes its type is refused (law 11). */
export function compareColumns({ stored, before, after }: ComparedColumns): Change[] {
  const columns = after.spec.columns;
  const gone = stored.filter(({ name }) => !has(columns, name));
  const known = before ? [...stored, ...before.spec.columns] : stored;
  const added = columns.filter(({ name }) => !has(known, name));
  const renamed = matchRenamed(gone, added, { stored, before, after });
  const isRenamed = (name: string): boolean => [...renamed].flat().includes(name);
  return [
    ...[...renamed].map(([was, is]) => renamedColumn(was, is)),
    ...gone.filter(({ name }) => !isRenamed(name)).map(({ name, type }) => droppedColumn(name, type)),
    ...columns.flatMap((column) => compareTypes(column, stored)),
    ...(before ? compareUnstored({ stored, before, after }) : []),
    ...added.filter(({ name }) => !isRenamed(name)).map(addedColumn),
    ...(before ? compareOrder(before.spec.columns, columns) : []),
    ...(before ? compareReadings(before, after) : []),
  ];
}

function compareTypes({ name, type }: Column, stored: readonly Column[]): Change[] {
  const was = stored.find((column) => column.name === name)?.type;
  if (was === undefined || was === type) return [];
  const isWider = holdsAll(type, was);
  return [
    {
      what: isWider ? 'column widened' : 'column retyped',
      change: `column ${name} was ${was}, is ${type}`,
      means: `Stored files hold ${was}${isWider ? ', and one table is not read with both types, though no value would be lost' : ''}: the dispatcher would refuse every further load of the table.`,
      remedy: `Put ${was} back and add a column of another name with the type ${type} that reads the same field.`,
      verdict: 'refused',
      path: ['columns', name, 'type'],
    },
  ];
}

/** What was deployed and never loaded may go as it came; and what is as it is stored is right again. */
function compareUnstored({ stored, before, after }: ComparedColumns & { before: ComparedTable }): Change[] {
  const names = new Set([...before.spec.columns, ...after.spec.columns].map(({ name }) => name));
  return [...names].flatMap((name): Change[] => {
    const [is, was, kept] = [after, before, { spec: { columns: stored } }].map(({ spec }) =>
      typeIn(spec.columns, name),
    );
    if (is === was || (kept !== is && (kept !== 'gone' || was === 'gone'))) return [];
    return [
      {
        what: was === 'gone' ? 'column added' : is === 'gone' ? 'column dropped' : 'column retyped',
        change: was === 'gone' ? `column ${name} (${is}) is back` : `column ${name} was ${was}, is ${is}`,
        means:
          kept === 'gone'
            ? 'No stored file has it yet.'
            : 'So the stored files have it: they can be loaded into again.',
        verdict: 'safe',
        path: is === 'gone' ? ['columns'] : ['columns', name],
      },
    ];
  });
}

function addedColumn({ name, type }: Column): Change {
  return {
    what: 'column added',
    change: `column ${name} (${type}) is added`,
    means: 'Rows that are stored hold NULL there until they are fetched again. In the catalog it comes last.',
    verdict: 'needs reprocess',
    path: ['columns', name],
  };
}

function droppedColumn(name: string, type: string): Change {
  return {
    what: 'column dropped',
    change: `column ${name} (${type}) is gone`,
    means:
      'Stored files have it, and the catalog shows it: the dispatcher would refuse every further load of the table.',
    remedy:
      'Put it back: where the API no longer sends it, new rows hold NULL. Who should not see it reads a view.',
    verdict: 'refused',
    path: ['columns'],
  };
}

function renamedColumn(was: string, is: string): Change {
  return {
    what: 'column renamed',
    change: `column ${was} is now called ${is}, it seems: both read the same`,
    means: `Stored files have ${was}; under another name it would be a new column, and the dispatcher would refuse every further load of the table.`,
    remedy: `Keep ${was}, and rename it in a view; or put it back and let ${is} stand beside it: rows fetched from then on hold both.`,
    verdict: 'refused',
    path: ['columns', is],
  };
}

/** Old name → new name, where nothing but the name tells two columns apart. */
function matchRenamed(
  gone: readonly Column[],
  added: readonly Column[],
  { before, after }: ComparedColumns,
): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const { name, type } of gone) {
    const is = added.find(
      (column) =>
        column.type === type &&
        readTheSame([before, name], [after, column.name]) &&
        ![...renamed.values()].includes(column.name),
    );
    if (is) renamed.set(name, is.name);
  }
  return renamed;
}

function compareOrder(before: readonly Column[], after: readonly Column[]): Change[] {
  const was = before.filter(({ name }) => has(after, name)).map(({ name }) => name);
  const is = after.filter(({ name }) => has(before, name)).map(({ name }) => name);
  if (isSame(was, is)) return [];
  return [
    {
      what: 'columns moved',
      change: `columns stand in another order: ${is.filter((name) => !name.startsWith('_')).join(', ')}`,
      means: 'Nothing: files are read by name, and the catalog keeps the order in which columns came.',
      verdict: 'safe',
      path: ['columns'],
    },
  ];
}

function typeIn(columns: readonly Column[], name: string): string {
  return columns.find((column) => column.name === name)?.type ?? 'gone';
}

function has(columns: readonly { name: string }[], name: string): boolean {
  return columns.some((column) => column.name === name);
}
