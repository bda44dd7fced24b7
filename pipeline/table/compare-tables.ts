import { compareColumns } from './compare-columns.ts';
import { compareLayout } from './compare-layout.ts';
import { changesOf, isSame, type Change, type ComparedTable, type StoredTable } from './compare-change.ts';
import { differencesIn } from './compare-values.ts';
import type { TableDefinition } from './table-definition.ts';

export interface TableComparison {
  /** Of the deployed source; absent where that does not have the table. */
  before?: ComparedTable | undefined;
  after: ComparedTable;
  /** What the ledger says: `nothing` was ever written, or nobody could ask it. */
  stored: StoredTable | 'nothing' | 'unknown';
}

/** What a new table spec means for a table that is there. */
export function compareTables({ before, after, stored }: TableComparison): Change[] {
  const files = typeof stored === 'string' ? undefined : stored;
  const columns = files?.columns ?? before?.spec.columns ?? after.spec.columns;
  const changes = [
    ...compareLayout(files, before, after),
    ...compareColumns({ stored: columns as ComparedTable['spec']['columns'], before, after }),
    ...(before ? [...compareYears(before, after), ...compareRows(before, after)] : []),
  ];
  return stored === 'nothing' ? changes.map(harmless) : changes;
}

/** Files that are not there stand in nobody's way. */
function harmless({ remedy: _remedy, ...change }: Change): Change {
  return { ...change, means: 'Nothing of this table is stored yet: it is made so.', verdict: 'safe' };
}

function compareYears({ spec: { first_year: was } }: ComparedTable, { spec }: ComparedTable): Change[] {
  const { first_year: is } = spec;
  if (was === is) return [];
  const earlier = is < was;
  return [
    {
      what: 'first year changed',
      change: `first_year was ${was}, is ${is}`,
      means: earlier
        ? 'Rows of earlier years are taken from now on; those that have gone to quarantine stay there.'
        : `Rows before ${is} go to quarantine from now on; those that are stored stay, as they are.`,
      verdict: earlier ? 'safe' : 'needs reprocess',
      path: ['first_year'],
    },
  ];
}

const rowParts = [
  ['order changed', 'order_by', 'Which row of a key is the latest is decided anew only where one comes in.'],
  ['row filter changed', 'include_when', 'Rows that are stored stay, rows that were left out stay away.'],
  ['row filter changed', 'delete_when', 'Rows that were stored or deleted before are not judged again.'],
  ['contract changed', 'schema_contract', 'It is asked of what is loaded from now on.'],
  ['other', 'moving_keys', 'It holds for rows that come in from now on.'],
  ['other', 'quarantine', 'It is asked of each load from now on.'],
  ['other', 'records', 'Rows come from there from now on; stored ones stay.'],
] as const;

/** What is asked of rows as a whole; of a source that does not say it, only that it is not the same. */
function compareRows(before: ComparedTable, after: ComparedTable): Change[] {
  const [was, is] = [before.definition, after.definition];
  if (!was || !is) return isSame(statementsOf(before), statementsOf(after)) ? [] : [unknownChange];
  const changes = rowParts.flatMap(([what, name, means]): Change[] => {
    const verdict = what === 'other' || what === 'contract changed' ? 'safe' : 'needs reprocess';
    return changesOf(what, differencesIn([name], was, is), means).map((change) => ({ ...change, verdict }));
  });
  if (isSame<TableDefinition>(was, is) && !isSame(statementsOf(before), statementsOf(after)))
    return [...changes, compiledOtherwise];
  return changes;
}

const unknownChange: Change = {
  what: 'statements changed',
  change: 'rows are read or merged by other statements',
  means:
    'The deployed source was compiled by an older version, which does not say where its columns come from: whether rows come out otherwise cannot be told.',
  verdict: 'needs reprocess',
  path: ['columns'],
};

const compiledOtherwise: Change = {
  what: 'statements changed',
  change: 'this version of Catchwater reads or merges the rows by other statements',
  means: 'The source says the same. Stored rows stay as they are until they are fetched again.',
  verdict: 'safe',
  path: [],
};

function statementsOf({ spec }: ComparedTable): unknown[] {
  return [spec.parse_sql, spec.merge_sql, spec.copy_options, spec.exact_fields];
}
