/**
 * What the engine would report of a manifest: every raw object holds ten rows, all new, of the object's own hour. A sweep
 * finds one row to take away, in a certain hour.
 */
import type { Manifest } from '../../pipeline/manifest.ts';
import { writeNdjson } from '../../pipeline/ndjson.ts';
import type { ReportFile, ReportLine } from '../../pipeline/report.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { etagOf, parquetFile } from './parquet-file.ts';

export const rowsPerObject = 10;
export const sweptHour = 'year=2026/month=11/day=21/hour=07';

/** The files as the report names them: as many rows as it says, and the ETag that it says. */
export function filesOf(lines: readonly ReportLine[]): Map<string, Buffer> {
  const files = lines.filter((line) => line.kind === 'file');
  return new Map(files.map(({ key, rows_after }) => [key, parquetFile(rows_after)]));
}

export function reportOn({ header, objects }: Manifest): ReportLine[] {
  const files = new Map<string, ReportFile>();
  for (const object of objects) {
    const spec = header.tables.find(({ name }) => name === object.table);
    if (!spec) throw new Error(`${object.table} is no table of the manifest`);
    const key = fileOf(object.key, spec);
    const rows = (files.get(key)?.inserted ?? 0) + rowsPerObject;
    files.set(key, { ...noRows, table: object.table, key, rows_after: rows, inserted: rows });
  }
  for (const spec of header.tables) {
    const key = fileOf(sweptHour, spec);
    if (!header.marks?.[spec.name]?.sweep || files.has(key)) continue;
    const counts = { rows_before: 1, rows_after: 0, inserted: 0, removed: 1, vanished: 1 };
    files.set(key, { ...noRows, ...counts, table: spec.name, key });
  }
  const lines: ReportLine[] = [
    {
      kind: 'report',
      v: 1,
      load: header.load,
      engine: { name: 'glue', versions: { duckdb: '1.5.5' }, figures: { seconds: 1 } },
    },
    ...objects.map(({ table, key, version_id }): ReportLine => ({
      kind: 'object',
      table,
      key,
      version_id,
      lines: 1,
      rows: rowsPerObject,
      quarantined: 0,
      filtered: 0,
    })),
    ...[...files.values()].map((file) => ({ ...file, etag_after: etagOf(parquetFile(file.rows_after)) })),
  ];
  return [...lines, { kind: 'end', lines: lines.length }];
}

export function reportBytes(manifest: Manifest): Promise<Buffer> {
  return writeNdjson(reportOn(manifest));
}

const noRows = {
  kind: 'file',
  etag_before: null,
  etag_after: '',
  written: true,
  bytes: 100,
  rows_before: 0,
  updated: 0,
  duplicate: 0,
  recovered: 0,
  removed: 0,
} as const;

function fileOf(key: string, spec: TableSpec): string {
  const hour = /year=\d+\/month=\d+\/day=\d+\/hour=\d+/.exec(key)?.[0] ?? '';
  const depth = ['none', 'year', 'month', 'day', 'hour'].indexOf(spec.partition_by);
  return [spec.name, ...hour.split('/').slice(0, depth), 'part-0.parquet'].join('/');
}
