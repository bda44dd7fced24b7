/** Resources that feed one table: its files, and which of its rows stays, are the same whoever feeds it. */
import { compileTable } from '../../table/compile-table.ts';
import { differenceOf } from '../../table/same-table.ts';
import type { TableDefinition } from '../../table/table-definition.ts';
import { defineTables } from '../compile/define-table.ts';
import { reportBelow, type Report } from '../report.ts';
import type { ResourcePart } from '../schema/source-schema.ts';
import { protectionOf } from './check-protection.ts';

interface Feeder {
  index: number;
  resource: ResourcePart;
  table: TableDefinition;
}

/** The first difference: where the later resource says it, and what each has. */
interface Difference {
  path: string[];
  what: string;
}

/** Of resources without a fault of their own; reports start at the file. */
export function checkSharedTables(resources: readonly ResourcePart[], report: Report): void {
  const tables = defineTables(resources);
  const feeders = resources.flatMap((resource, index): Feeder[] => {
    const table = tables[index];
    return table ? [{ index, resource, table }] : [];
  });
  for (const [name, group] of Map.groupBy(feeders, ({ table }) => table.name)) {
    const [first, ...others] = group;
    if (!first || others.length === 0) continue;
    for (const other of others) {
      const below = reportBelow(report, ['resources', other.index]);
      const difference = findDifference(first.table, other.table);
      if (difference) {
        const message = `'${first.resource.name}' and '${other.resource.name}' feed one table, ${name}, and differ: ${difference.what}`;
        below(difference.path, message, { on: 'key' });
      } else warnOfProtection(first, other, below);
    }
    refuseTwoListings(group, report);
    warnOfOrder(group, report);
  }
}

const parts = [
  'primary_key',
  'event_time',
  'partition_by',
  'moving_keys',
  'first_year',
  'files_per_partition',
  'order_by',
  'schema_contract',
  'quarantine',
] as const satisfies (keyof TableDefinition)[];

function findDifference(one: TableDefinition, other: TableDefinition): Difference | undefined {
  const columns = findColumn(one, other);
  if (columns) return columns;
  const part = parts.find((name) => show(one[name]) !== show(other[name]));
  if (part) return { path: [part], what: `${part} is ${show(one[part])} there, ${show(other[part])} here` };
  // What the definitions do not show, the files' statements do.
  const rest = differenceOf(compileTable(one), compileTable(other));
  return rest === undefined
    ? undefined
    : { path: ['columns'], what: rest === 'unique_sql' ? 'which columns are unique' : rest };
}

function findColumn(
  { columns: there }: TableDefinition,
  { columns: here }: TableDefinition,
): Difference | undefined {
  for (const { name, type } of here) {
    const path = ['columns', name];
    const same = there.find((column) => column.name === name);
    if (!same) return { path, what: `only the second has the column ${name}` };
    if (same.type !== type) return { path, what: `column ${name} is ${same.type} there, ${type} here` };
  }
  const missing = there.find(({ name }) => !here.some((column) => column.name === name));
  if (missing) return { path: ['columns'], what: `only the first has the column ${missing.name}` };
  const index = here.findIndex(({ name }, number) => there[number]?.name !== name);
  const [was, is] = [there[index]?.name, here[index]?.name];
  if (was === undefined || is === undefined) return undefined;
  return { path: ['columns', is], what: `column ${index + 1} is ${was} there, ${is} here` };
}

function show(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'not said';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One of the two would bring in what the other keeps out. */
function warnOfProtection(first: Feeder, other: Feeder, report: Report): void {
  for (const name of Object.keys(other.resource.columns)) {
    const [there, here] = [first, other].map(({ resource }) => protectionAt(resource, name));
    if (there === here) continue;
    const message = `'${name}' is ${there} in '${first.resource.name}' and ${here} here, in one table: rows of both stand side by side in it`;
    report(['columns', name], message, { on: 'key', severity: 'warning' });
  }
}

function protectionAt({ columns }: ResourcePart, name: string): string {
  const column = columns[name];
  const how = column === undefined ? undefined : protectionOf(column);
  if (how !== 'hash') return how === 'redact' ? 'redacted' : 'stored as it comes';
  return `hashed with ${typeof column === 'object' ? column.hash?.secret : ''}`;
}

/** Each would delete what only the other one lists. */
function refuseTwoListings(group: readonly Feeder[], report: Report): void {
  const [first, second] = group.filter(({ resource }) => resource.reconcile !== undefined);
  if (!first || !second) return;
  const message = `'${first.resource.name}' and '${second.resource.name}' feed one table, ${first.table.name}, and both reconcile it: what one of them lists would be missing in the other; leave it to the one that lists everything`;
  report(['resources', second.index, 'reconcile'], message, { on: 'key' });
}

/** A list and a feed arrive in any order: without a time of their own, what is late wins. */
function warnOfOrder(group: readonly Feeder[], report: Report): void {
  const unordered = group.every(({ table }) => table.order_by.length === 0 && table.primary_key.length > 0);
  const place = group.findLast(({ resource }) => resource.table_name !== undefined);
  if (!unordered || !place) return;
  const names = group.map(({ resource }) => `'${resource.name}'`).join(' and ');
  const message = `of rows of ${names} with one key the one that was fetched last wins, also when what it says is older: add order_by, a time that all of them have`;
  report(['resources', place.index, 'table_name'], message, { severity: 'warning' });
}
