import type { CompiledResource, CompiledSource } from '../source/source.ts';
import { changesOf, isSame, type Change, type ComparedTable, type StoredTable } from './compare-change.ts';
import { compareRequests } from './compare-requests.ts';
import { compareTables } from './compare-tables.ts';
import { differencesIn } from './compare-values.ts';
import type { TableSpec } from './table-spec.ts';

/** What the ledger says of what the stack holds. */
export interface StoredData {
  /** By name; a table that is not here was never written. */
  tables: ReadonlyMap<string, StoredTable>;
  /** Of these tables, as they are when the generation that is building is theirs. */
  building?: ReadonlySet<string>;
  /** Resources that have cursors. */
  cursors: ReadonlySet<string>;
}

export interface SourceComparison {
  /** Absent where it cannot be read: then only what is stored is compared. */
  before?: CompiledSource | undefined;
  after: CompiledSource;
  /** Absent where it cannot be read. */
  stored?: StoredData | undefined;
}

/** What it would mean to put one source in the place of another; resource by resource, in the order of the new one. */
export function compareSources({ before, after, stored }: SourceComparison): Change[] {
  const was = new Map(before?.resources.map((resource) => [resource.name, resource]));
  const names = new Set(after.resources.map(({ name }) => name));
  const gone = [...was.values()].filter(({ name }) => !names.has(name));
  const changes = [
    ...(before ? compareClients(before, after) : []),
    ...after.resources.flatMap((resource) => {
      const old = was.get(resource.name);
      const found = [
        ...(old ? compareRequests(old, resource, stored?.cursors.has(resource.name) ?? 'unknown') : []),
        ...(before && !old ? [addedResource(resource, gone, after)] : []),
        ...compareOwnTable(old, resource, { before, after, stored }),
        ...compareChildTables(old, resource, stored),
      ];
      return found.map((change): Change => ({ resource: resource.name, ...change }));
    }),
    ...gone.map(removedResource),
  ];
  return before && changes.length === 0 && !isSame(before, after) ? [otherwise] : changes;
}

const otherwise: Change = {
  what: 'other',
  change: 'the compiled source is another one',
  means: 'Nothing that requests or tables are made of differs.',
  verdict: 'safe',
  path: [],
};

/** A table that several resources feed is compared at each that fed it, and at none that joins them. */
function compareOwnTable(
  old: CompiledResource | undefined,
  resource: CompiledResource,
  { before, after, stored }: SourceComparison,
): Change[] {
  const { name } = resource.table;
  const fed = before?.resources.filter(({ table }) => table.name === name) ?? [];
  const staying = fed.filter((one) =>
    after.resources.some((now) => one.name === now.name && now.table.name === name),
  );
  const moved = old && old.table.name !== name ? [movedTable(old.table.name, resource, staying)] : [];
  const joins = staying.length > 0 && !staying.some((one) => one.name === resource.name);
  const was = fed.find((one) => one.name === resource.name) ?? fed[0];
  const changes = joins
    ? []
    : compareTables({
        before: was && tablesOf(was)[0],
        after: tablesOf(resource)[0],
        stored: storedOf(name, stored),
      });
  return [...moved, ...changes].map((change) => ofTable(change, name, resource));
}

function movedTable(was: string, { table }: CompiledResource, partners: readonly CompiledResource[]): Change {
  const others = partners.map(({ name }) => name).join(', ');
  const into = others === '' ? 'into that table' : `into that table, which ${others} feeds too`;
  return {
    what: 'table renamed',
    change: `its table was ${was}, is ${table.name}`,
    means: `What is loaded from now on goes ${into}; the rows of ${was} stay where they are, and cursors go on from where they are.`,
    verdict: 'needs reprocess',
    path: ['table_name'],
  };
}

function compareChildTables(
  before: CompiledResource | undefined,
  after: CompiledResource,
  stored: StoredData | undefined,
): Change[] {
  const [old, now] = [before, after].map((resource) => (resource ? tablesOf(resource).slice(1) : []));
  const names = new Set(now?.map(({ spec }) => spec.name));
  return [
    ...(now ?? []).flatMap((table): Change[] => {
      const { name } = table.spec;
      const was = old?.find(({ spec }) => spec.name === name);
      const changes = compareTables({ before: was, after: table, stored: storedOf(name, stored) });
      return [...(before && !was ? [addedChild] : []), ...changes].map((change) =>
        ofTable(change, name, after),
      );
    }),
    ...(old ?? [])
      .filter(({ spec }) => !names.has(spec.name) && spec.name !== after.table.name)
      .map(({ spec }) => ofTable(removedChild, spec.name, after)),
  ];
}

function storedOf(table: string, stored: StoredData | undefined): StoredTable | 'nothing' | 'unknown' {
  return stored ? (stored.tables.get(table) ?? 'nothing') : 'unknown';
}

/** The resource's own table first, then its child tables. */
function tablesOf({
  table,
  child_tables,
  definitions = [],
}: CompiledResource): [ComparedTable, ...ComparedTable[]] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const describe = (spec: TableSpec): ComparedTable => {
    const definition = byName.get(spec.name);
    return { spec, ...(definition && { definition }) };
  };
  return [describe(table), ...(child_tables ?? []).map(describe)];
}

function ofTable({ remedy, ...change }: Change, table: string, resource: CompiledResource): Change {
  const { name } = resource;
  return {
    ...change,
    ...(remedy !== undefined && { remedy: `${remedy} ${anew} ${otherTable(table, resource)}` }),
    ...(table !== name && { table }),
  };
}

const anew =
  'Or `catchwater deploy --reprocess` makes the table anew from the raw responses, without a call to the API.';

function otherTable(table: string, { name, table: own }: CompiledResource): string {
  const what =
    table === name
      ? 'give the resource another name'
      : table === own.name
        ? 'choose another table_name'
        : 'give the child table another name';
  return `Or ${what}: that makes a new table.`;
}

const addedChild: Change = {
  what: 'table added',
  change: 'a new child table',
  means:
    'It is filled from responses that are loaded from now on, not from those that have been; the list is no part of _extra from then on.',
  verdict: 'needs reprocess',
  path: [],
};

const removedChild: Change = {
  what: 'table removed',
  change: 'the child table is gone',
  means: 'Its rows stay, and can be queried; none come to them.',
  verdict: 'safe',
  path: ['child_tables'],
};

function addedResource(
  resource: CompiledResource,
  gone: readonly CompiledResource[],
  { resources }: CompiledSource,
): Change {
  const old = gone.find(({ endpoint, data_selector: selector }) =>
    isSame({ endpoint, selector }, { endpoint: resource.endpoint, selector: resource.data_selector }),
  );
  if (old?.table.name === resource.table.name) {
    const means = `It feeds the same table, ${resource.incremental ? 'with cursors of its own' : 'from the next beat on'}.`;
    const change = `${old.name} is now called ${resource.name}, it seems: both ask the same`;
    return { what: 'other', change, means, verdict: 'safe', path: ['name'] };
  }
  if (!old) {
    const partner = resources.find(
      ({ name, table }) => name !== resource.name && table.name === resource.table.name,
    );
    const table = partner
      ? `into the table of ${partner.name}`
      : 'and its table made when the first rows come';
    const means = `It is fetched from the next beat on, ${table}.`;
    return { what: 'table added', change: 'a new resource', means, verdict: 'safe', path: [] };
  }
  return {
    what: 'table renamed',
    change: `${old.name} is now called ${resource.name}, it seems: both ask the same`,
    means: `It begins a table of its own, empty, ${resource.incremental ? 'with cursors of its own' : 'at the next beat'}; the rows of ${old.name} stay where they are.`,
    verdict: 'needs reprocess',
    path: ['name'],
  };
}

function removedResource({ name }: CompiledResource): Change {
  return {
    resource: name,
    what: 'table removed',
    change: 'the resource is gone',
    means:
      'It is no longer fetched. Its rows stay, and can be queried; responses that are not loaded yet stay in staging, and are loaded when the resource is back.',
    verdict: 'safe',
    path: [],
  };
}

function compareClients(before: CompiledSource, after: CompiledSource): Change[] {
  return [
    ...changesOf('client changed', differencesIn(['client'], before, after), 'From the next fetch on.'),
    ...changesOf('other', differencesIn(['name', 'attribution'], before, after), 'Nothing for the data.'),
  ];
}
