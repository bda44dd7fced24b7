import { parseCuratedKey } from './curated-key.ts';
import { folderOf, type Manifest } from './manifest.ts';
import { imbalances, makeReceipt, noCounts, type Receipt } from './receipt.ts';
import type { ReportFile, ReportLine, ReportObject } from './report.ts';
import type { TableSpec } from './table/table-spec.ts';

/** What a load did to one table. */
export interface TableSums {
  spec: TableSpec;
  receipt: Receipt;
  /** Every partition with a file that the load looked at. */
  touched: string[];
  /** Those with a file that this load wrote, or took over from a dead load whose writes nobody was told of. */
  changed: string[];
  /** Reason code → rows. */
  quarantined: Record<string, number>;
  /** Schema drift: field → rows. */
  drift: Record<string, number>;
  /** Broken rules, `<column>: <reason>` → rows: of rows that are stored. */
  warned: Record<string, number>;
  /**
   * Those that hold the table, as the source wants it: of rows in quarantine (`not_unique`: that are stored). Where more
   * of its rows are there than may be, `quarantine: max_share <limit>` too.
   */
  held: Record<string, number>;
}

/** What one raw object had in it. */
export interface ObjectSums {
  /** Records that no filter leaves out: the most that any of its tables has, as child tables take theirs from the same ones. */
  rows: number;
  /** Rows that could not be read, in all of its tables. */
  quarantined: number;
}

/** A file as the load has left it. */
export interface TouchedFile {
  table: string;
  key: string;
  etag: string;
  rows: number;
}

export interface LoadSums {
  receipt: Receipt;
  tables: TableSums[];
  /** By raw key. */
  objects: Map<string, ObjectSums>;
  /** In the order of their keys. */
  files: TouchedFile[];
}

/** Reads a report to its end and compares it with its manifest. It never throws for what the report says: see `faults`. */
export async function sumReport(manifest: Manifest, lines: AsyncIterable<ReportLine>): Promise<LoadSums> {
  const tables = new Map(
    manifest.header.tables.map((spec) => [spec.name, startTable(spec, folderOf(manifest.header, spec.name))]),
  );
  const expected = new Map(manifest.objects.map((object) => [identity(object), object]));
  const faults: string[] = [];
  const objects = new Map<string, ObjectSums>();
  const files: TouchedFile[] = [];
  let count = 0;
  let lineCount = 0;
  let end: number | undefined;

  for await (const line of lines) {
    if (!isLine(line)) {
      faults.push(`the report holds ${JSON.stringify(line)} where a line of a report is due`);
      continue;
    }
    if (count === 0) faults.push(...headerFaults(line, manifest));
    if (line.kind === 'end') {
      end = line.lines;
      continue;
    }
    count += 1;
    if (line.kind === 'report') continue;
    const table = tables.get(line.table);
    if (!table) {
      faults.push(`the report names the table ${line.table}, which the manifest does not`);
    } else if (line.kind === 'object') {
      const object = expected.get(identity(line));
      if (!object) table.faults.push(`${line.key} is in the report twice, or not in the manifest`);
      expected.delete(identity(line));
      addObject(table, line, object?.lines);
      if (!objects.has(line.key)) lineCount += line.lines;
      const { rows, quarantined } = objects.get(line.key) ?? { rows: 0, quarantined: 0 };
      objects.set(line.key, {
        rows: Math.max(rows, line.rows - line.filtered),
        quarantined: quarantined + line.quarantined,
      });
    } else if (line.kind === 'file') {
      addFile(table, line);
      files.push({ table: line.table, key: line.key, etag: line.etag_after, rows: line.rows_after });
    } else if (line.kind === 'quarantine') {
      addTo(table.quarantined, line.reasons);
      table.quarantineRows += line.rows;
    } else if (line.kind === 'drift') {
      addTo(table.drift, { [line.field]: line.rows });
    } else if (line.kind === 'violation') {
      addTo(line.action === 'fail' ? table.held : table.warned, {
        [`${line.column}: ${line.reason}`]: line.rows,
      });
    }
  }
  if (end !== count) faults.push(`the report is cut short: ${count} lines, ${end ?? 'no'} at its end line`);
  for (const object of expected.values()) {
    tables.get(object.table)?.faults.push(`${object.key} is in the manifest, not in the report`);
  }

  const sums = [...tables.values()].map(finishTable);
  const ofTables = sums.flatMap(({ spec, receipt }) =>
    receipt.faults.map((fault) => `${spec.name}: ${fault}`),
  );
  const receipt = makeReceipt(
    sums.map((table) => table.receipt),
    [...faults, ...ofTables],
  );
  // An object that feeds several tables is still one, and so is each of its lines.
  const once = { objects: objects.size, lines: Number.isFinite(lineCount) ? lineCount : 0 };
  const held = sums.filter((table) => Object.keys(table.held).length > 0).map(({ spec }) => spec.name);
  return {
    receipt: { ...receipt, ...once, ...(held.length > 0 && { held }) },
    tables: sums,
    objects,
    files: files.toSorted((one, other) => (one.key < other.key ? -1 : 1)),
  };
}

interface OpenTable {
  spec: TableSpec;
  folder: string;
  counts: ReturnType<typeof noCounts>;
  faults: string[];
  files: Set<string>;
  touched: Set<string>;
  changed: Set<string>;
  /** Objects of which not as many lines were read as had landed. */
  uneven: string[];
  quarantineRows: number;
  quarantined: Record<string, number>;
  drift: Record<string, number>;
  warned: Record<string, number>;
  held: Record<string, number>;
}

function isLine(line: unknown): boolean {
  return typeof line === 'object' && line !== null && 'kind' in line;
}

function startTable(spec: TableSpec, folder: string): OpenTable {
  return {
    spec,
    folder,
    counts: noCounts(),
    faults: [],
    files: new Set(),
    touched: new Set(),
    changed: new Set(),
    uneven: [],
    quarantineRows: 0,
    quarantined: {},
    drift: {},
    warned: {},
    held: {},
  };
}

function identity(object: { table: string; key: string; version_id: string }): string {
  return JSON.stringify([object.table, object.key, object.version_id]);
}

function headerFaults(line: ReportLine, { header }: Manifest): string[] {
  if (line.kind !== 'report') return [`the report begins with a line of kind ${line.kind}`];
  if (line.v !== 1)
    return [`the report has version ${String(line.v)}, this dispatcher reads version 1; deploy again`];
  return line.load === header.load ? [] : [`the report is that of the load ${line.load}`];
}

function addObject({ counts, uneven }: OpenTable, object: ReportObject, landed: number | undefined): void {
  if (landed !== undefined && object.lines !== landed)
    uneven.push(`${object.key}: ${landed} lines landed, ${object.lines} read`);
  counts.objects += 1;
  counts.lines += object.lines;
  counts.rowsParsed += object.rows;
  counts.quarantined += object.quarantined;
  counts.filtered += object.filtered;
}

function addFile(table: OpenTable, file: ReportFile): void {
  const { counts, faults } = table;
  const where = parseCuratedKey(file.key, table.spec, table.folder);
  if (!where) faults.push(`${file.key} is not a file that this table may have`);
  if (table.files.has(file.key)) faults.push(`${file.key} is in the report twice`);
  table.files.add(file.key);
  if (where) table.touched.add(where.partition);
  if (where && file.written) table.changed.add(where.partition);

  const after = file.rows_before + file.inserted + file.recovered - file.removed;
  if (file.rows_after !== after)
    faults.push(`${file.key} has ${file.rows_after} rows where ${after} are due`);
  counts.files += 1;
  counts.filesWritten += file.written ? 1 : 0;
  counts.rowsBefore += file.rows_before;
  counts.rowsAfter += file.rows_after;
  counts.inserted += file.inserted;
  counts.updated += file.updated;
  counts.duplicate += file.duplicate;
  counts.recovered += file.recovered;
  counts.removed += file.removed;
  counts.deleted += file.deleted ?? 0;
  counts.vanished += file.vanished ?? 0;
  counts.moved += file.moved ?? 0;
}

function addTo(sums: Record<string, number>, more: Record<string, number>): void {
  for (const [name, rows] of Object.entries({ ...more })) sums[name] = (sums[name] ?? 0) + rows;
}

/** What is missing of an object that breaks off is told of by its row in quarantine. */
function brokenObjects({ quarantined }: OpenTable): number {
  return (quarantined['truncated_gzip'] ?? 0) + (quarantined['broken_gzip'] ?? 0);
}

function finishTable(table: OpenTable): TableSums {
  const { counts, quarantineRows, uneven, held } = table;
  const limit = table.spec.quarantine?.max_share;
  if (limit !== undefined && isAbove(limit, counts))
    held[`quarantine: max_share ${limit}`] = counts.quarantined;
  const faults = [...imbalances(counts), ...table.faults];
  if (uneven.length > brokenObjects(table)) faults.push(...uneven);
  if (quarantineRows !== counts.quarantined)
    faults.unshift(
      `${counts.quarantined} rows quarantined, but ${quarantineRows} are stored in the quarantine`,
    );
  return {
    spec: table.spec,
    receipt: makeReceipt([counts], faults),
    touched: [...table.touched].toSorted(),
    changed: [...table.changed].toSorted(),
    quarantined: table.quarantined,
    drift: table.drift,
    warned: table.warned,
    held,
  };
}

/** Of a handful of rows one is a large share. */
const fewRows = 20;

function isAbove(limit: number, { rowsParsed, filtered, quarantined }: OpenTable['counts']): boolean {
  const rows = rowsParsed - filtered;
  return rows >= fewRows && quarantined > limit * rows;
}
