/** What is stored already, and so may not change in place (law 11), and what the catalog must cover (law 16). */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { CatchwaterError } from '../errors.ts';
import type { TableSpec } from '../table/table-spec.ts';
import type { TableItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';

/** Races for a table's item are between wake-ups about the same load: each changes the same thing. */
const tries = 5;

export async function readTable(ledger: Ledger, name: string): Promise<TableItem | undefined> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: keyOf(name), ConsistentRead: true }),
  );
  return answer.Item as TableItem | undefined;
}

/**
 * Before the first file of a table is written its layout is fixed, and columns are added at the end. Answers why the
 * table may not be loaded as the source now says, undefined when it may.
 */
export async function admitTable(ledger: Ledger, spec: TableSpec): Promise<string | undefined> {
  let refusal: string | undefined;
  await changeTable(ledger, spec, (seen) => {
    refusal = refusalOf(seen, spec);
    const known = new Set(seen.columns.map((column) => column.name));
    const added = spec.columns.filter((column) => !known.has(column.name));
    return refusal === undefined && added.length > 0
      ? { ...seen, columns: [...seen.columns, ...added] }
      : seen;
  });
  return refusal;
}

/** Widens the years that the catalog must cover, and answers what it is to look like. */
export function coverYears(ledger: Ledger, spec: TableSpec, years: readonly number[]): Promise<TableItem> {
  return changeTable(ledger, spec, (seen) => {
    const all = [...years, ...(seen.years ? [seen.years.first, seen.years.last] : [])];
    if (all.length === 0) return seen;
    const [first, last] = [Math.min(...all), Math.max(...all)];
    return first === seen.years?.first && last === seen.years.last
      ? seen
      : { ...seen, years: { first, last } };
  });
}

function refusalOf(seen: TableItem, spec: TableSpec): string | undefined {
  const stored = new Map(seen.columns.map((column) => [column.name, column.type]));
  const given = new Map(spec.columns.map((column): [string, string] => [column.name, column.type]));
  const changes = [
    ['partition_by', seen.partition_by, spec.partition_by],
    ['files_per_partition', seen.files_per_partition, spec.files_per_partition],
    ...[...stored].map(([name, type]) => [`column ${name}`, type, given.get(name) ?? 'gone']),
  ].filter(([, was, is]) => was !== is);
  if (changes.length === 0) return undefined;
  const words = changes.map(([what, was, is]) => `${what} was ${was}, is ${is}`);
  return `table ${spec.name}: ${words.join(', ')}: files that are stored cannot follow. Put it back, or give the resource another name: that makes a new table`;
}

async function changeTable(
  ledger: Ledger,
  spec: TableSpec,
  decide: (seen: TableItem) => TableItem,
): Promise<TableItem> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const stored = await readTable(ledger, spec.name);
    const seen = stored ?? newTable(spec);
    const next = decide(seen);
    if (stored && next === seen) return stored;
    const item = { ...next, version: seen.version + 1 };
    if (await putTable(ledger, item, stored)) return item;
  }
  throw new CatchwaterError(
    `the ledger's item of table ${spec.name} was changed by others ${tries} times over; the next wake-up tries again`,
  );
}

function putTable(ledger: Ledger, item: TableItem, seen: TableItem | undefined): Promise<boolean> {
  return won(
    ledger.dynamo.send(
      new PutCommand({
        TableName: ledger.table,
        Item: item,
        ...expressions(
          seen
            ? { condition: '#version = :seen', values: { seen: seen.version } }
            : { condition: 'attribute_not_exists(#pk)' },
        ),
      }),
    ),
  );
}

function newTable({ name, partition_by, files_per_partition, columns }: TableSpec): TableItem {
  return { ...keyOf(name), version: 0, name, partition_by, files_per_partition, columns };
}

function keyOf(name: string): { pk: string; sk: string } {
  return { pk: `TABLE#${name}`, sk: 'TABLE' };
}
