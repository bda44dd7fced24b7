/** What is stored already, and so may not change in place (law 11), and what the catalog must cover (law 16). */
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { CatchwaterError } from '../errors.ts';
import { compareStored } from '../table/compare-stored.ts';
import type { TableSpec } from '../table/table-spec.ts';
import { generationFolder } from './generation-folder.ts';
import type { TableItem } from './items.ts';
import { expressions, won, type Ledger } from './ledger.ts';

/** Races for a table's item are between wake-ups about the same load: each changes the same thing. */
const tries = 5;

/** Where the rows of a table go, or why they may not go anywhere. */
export type Admission = { folder: string; refusal?: undefined } | { refusal: string; folder?: undefined };

export async function readTable(ledger: Ledger, name: string): Promise<TableItem | undefined> {
  const answer = await ledger.dynamo.send(
    new GetCommand({ TableName: ledger.table, Key: tableKey(name), ConsistentRead: true }),
  );
  return answer.Item as TableItem | undefined;
}

/**
 * Before the first file of a table is written its layout is fixed, and columns are added at the end. While a generation
 * is building all rows go there. Answers the folder, or why the table may not be loaded as the source now says.
 */
export async function admitTable(ledger: Ledger, spec: TableSpec): Promise<Admission> {
  let refusal: string | undefined;
  const item = await changeTable(ledger, spec, (seen) => {
    const { building } = seen;
    refusal = refusalOf(seen, spec);
    if (refusal !== undefined) return seen;
    if (!building) return adopt(seen, spec);
    const adopted = adopt(building, spec);
    return adopted === building ? seen : { ...seen, building: adopted };
  });
  if (refusal !== undefined) return { refusal };
  return { folder: generationFolder(item.name, item.building?.generation ?? item.generation) };
}

/** Widens the years that the catalog must cover, and answers what it is to look like. */
export function coverYears(ledger: Ledger, spec: TableSpec, years: readonly number[]): Promise<TableItem> {
  return changeTable(ledger, spec, (seen) => {
    const wider = widen(seen.years, years);
    return wider === seen.years ? seen : { ...seen, years: wider };
  });
}

type Years = TableItem['years'];

/** The same object where nothing is added. */
export function widen(covered: Years, years: readonly number[]): NonNullable<Years>;
export function widen(covered: Years, years: readonly number[]): Years;
export function widen(covered: Years, years: readonly number[]): Years {
  const all = [...years, ...(covered ? [covered.first, covered.last] : [])];
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return all.length === 0 || (first === covered?.first && last === covered.last) ? covered : { first, last };
}

function refusalOf(seen: TableItem, spec: TableSpec): string | undefined {
  const { building } = seen;
  const differences = compareStored(building ?? seen, spec);
  if (differences.length === 0) return undefined;
  const words = `table ${spec.name}: ${differences.join(', ')}`;
  return building
    ? `${words}: it is being made anew for another source. \`catchwater reprocess --table ${spec.name}\` begins again with this one; or put the source back`
    : `${words}: files that are stored cannot follow. \`catchwater reprocess --table ${spec.name}\` makes them anew from the raw responses; or put it back`;
}

/** What the spec adds to a layout that it fits; the same object where that is nothing. */
function adopt<Layout extends Pick<TableItem, 'columns' | 'key' | 'event_time'>>(
  layout: Layout,
  spec: TableSpec,
): Layout {
  const known = new Set(layout.columns.map((column) => column.name));
  const added = spec.columns.filter((column) => !known.has(column.name));
  const news = {
    ...(added.length > 0 && { columns: [...layout.columns, ...added] }),
    ...(layout.key === undefined && { key: spec.key }),
    ...(layout.event_time === undefined && spec.event_time !== undefined && { event_time: spec.event_time }),
  };
  return Object.keys(news).length > 0 ? { ...layout, ...news } : layout;
}

/**
 * Changes the item of a table, which a spec makes where there is none: `decide` is asked again when someone else was quicker,
 * and answers what it was given where there is nothing to change.
 */
export async function changeTable(
  ledger: Ledger,
  spec: TableSpec | { name: string },
  decide: (seen: TableItem) => TableItem,
): Promise<TableItem> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const stored = await readTable(ledger, spec.name);
    const seen = stored ?? ('v' in spec ? newTable(spec) : missing(spec.name, ledger));
    const next = decide(seen);
    if (stored && next === seen) return stored;
    const item = { ...next, version: seen.version + 1 };
    if (await won(ledger.dynamo.send(new PutCommand(tablePut(ledger, item, stored))))) return item;
  }
  throw new CatchwaterError(
    `the ledger's item of table ${spec.name} was changed by others ${tries} times over; the next wake-up tries again`,
  );
}

function missing(name: string, { table }: Ledger): never {
  throw new CatchwaterError(`the ledger ${table} does not hold the table ${name} any more`);
}

/** The write of a table's item, as long as it is as it was seen. */
export function tablePut(ledger: Ledger, item: TableItem, seen: TableItem | undefined) {
  return {
    TableName: ledger.table,
    Item: item,
    ...expressions(
      seen
        ? { condition: '#version = :seen', values: { seen: seen.version } }
        : { condition: 'attribute_not_exists(#pk)' },
    ),
  };
}

function newTable({
  name,
  partition_by,
  files_per_partition,
  columns,
  key,
  event_time,
}: TableSpec): TableItem {
  const layout = { partition_by, files_per_partition, columns, key, ...(event_time && { event_time }) };
  return { ...tableKey(name), version: 0, name, ...layout };
}

function tableKey(name: string): { pk: string; sk: string } {
  return { pk: `TABLE#${name}`, sk: 'TABLE' };
}
