/** A load on one screen: what became of its rows, table by table; its files, its objects and the engine's figures. */
import type { TableReceipt } from '../../pipeline/receipt-document.ts';
import { bytes, count } from '../figures.ts';
import { formatTable } from '../format-table.ts';
import { describeReceipt } from '../status/describe-receipt.ts';
import { spellTime } from '../status/spell-time.ts';
import { spellTook } from './describe-runs.ts';
import type { LoadDetails, LoadedFile } from './read-load.ts';

/** Nobody reads more; `--json` has all of them. */
const mostListed = 20;

export function describeLoadDetails(load: LoadDetails): string {
  const { receipt, sums, files, windows, engine, error, missing } = load;
  return [
    describeHead(load),
    // Of a receipt that does not balance its faults say the same.
    ...(error === undefined || receipt?.balanced === false ? [] : [`failed: ${error}`]),
    ...(receipt ? [describeVerdict(load)] : []),
    ...(sums.length > 0 ? [formatTable(sums.map(rowsOf)), formatTable(sums.map(storedRowsOf))] : []),
    ...list('file', files.map(fileRow)),
    ...list(
      'window',
      windows.map(({ fetch, ...figures }) => ({
        window: fetch === '' ? '(not fetched)' : fetch,
        objects: figures.objects.toLocaleString('en'),
        lines: figures.lines.toLocaleString('en'),
        size: bytes(figures.bytes),
      })),
    ),
    ...(engine ? [describeEngine(engine)] : []),
    ...(missing.length > 0 ? [missing.join('\n')] : []),
  ].join('\n\n');
}

function describeHead({
  id,
  state,
  at,
  endedAt,
  objects,
  bytes: size,
  jobRun,
  recovers,
}: LoadDetails): string {
  const took = spellTook(at, endedAt);
  return [
    `load ${id} · ${state}`,
    [
      `made ${spellTime(at)}`,
      ...(took === '' ? [] : [`took ${took}`]),
      `${count(objects, 'object')}, ${bytes(size)}`,
      ...(jobRun === undefined ? [] : [`Glue run ${jobRun}`]),
    ].join(' · '),
    ...(recovers.length > 0 ? [`after dead loads: ${recovers.join(', ')}`] : []),
  ].join('\n');
}

function describeVerdict({ receipt }: LoadDetails): string {
  if (!receipt) return '';
  const { lines, checked, files, balanced, faults } = receipt;
  return [
    describeReceipt({ ...receipt, balanced: true }),
    [
      // Receipts of earlier versions lack both.
      ...(lines === undefined ? [] : [`${count(lines, 'line')} read`]),
      checked === undefined
        ? 'no file was counted again'
        : `${checked.toLocaleString('en')} of ${count(files, 'file')} counted again`,
      balanced ? 'balanced' : 'NOT BALANCED:',
    ].join(' · '),
    ...faults.map((fault) => `  ${fault}`),
  ].join('\n');
}

type Count = Exclude<keyof TableReceipt, 'table' | 'reasons'>;

/** What came in, and what became of it: the columns after `rows` add up to it. */
function rowsOf(sums: TableReceipt): Record<string, string> {
  const names: [title: string, name: Count][] = [
    ['objects', 'objects'],
    ['lines', 'lines'],
    ['rows', 'rowsParsed'],
    ['filtered', 'filtered'],
    ['quarantined', 'quarantined'],
    ['duplicate', 'duplicate'],
    ['updated', 'updated'],
    ['inserted', 'inserted'],
    ['deleted', 'deleted'],
  ];
  return tableRow(sums, names);
}

/** What the touched files held before and hold now. */
function storedRowsOf(sums: TableReceipt): Record<string, string> {
  const names: [title: string, name: Count][] = [
    ['files', 'files'],
    ['written', 'filesWritten'],
    ['rows before', 'rowsBefore'],
    ['+ inserted', 'inserted'],
    ['+ recovered', 'recovered'],
    ['− removed', 'removed'],
    ['= after', 'rowsAfter'],
  ];
  return tableRow(sums, names);
}

function tableRow(
  sums: TableReceipt,
  names: readonly [title: string, name: Count][],
): Record<string, string> {
  const cells = names.map(([title, name]) => [title, sums[name].toLocaleString('en')]);
  return { table: sums.table, ...(Object.fromEntries(cells) as Record<string, string>) };
}

function fileRow({ key, rows_after, bytes: size, written, ...file }: LoadedFile): Record<string, string> {
  const changes = (['inserted', 'updated', 'removed', 'duplicate'] as const)
    .filter((name) => file[name] !== 0)
    .map((name) => `${file[name].toLocaleString('en')} ${name}`);
  return {
    file: key,
    rows: rows_after.toLocaleString('en'),
    size: bytes(size),
    outcome: [...changes, ...(written ? [] : ['not written'])].join(', '),
  };
}

function list(what: string, rows: readonly Record<string, string>[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - mostListed;
  const rest = more > 0 ? `\nand ${count(more, `more ${what}`)}; --json has them` : '';
  return [`${formatTable(rows.slice(0, mostListed))}${rest}`];
}

function describeEngine({ name, versions, figures }: NonNullable<LoadDetails['engine']>): string {
  return [`engine ${name}: ${spell(figures)}`, spell(versions)].filter(Boolean).join('\n');
}

function spell(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
