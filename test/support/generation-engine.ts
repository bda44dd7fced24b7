/**
 * An engine whose files are what they hold: which raw objects. So a table can be made anew, loads can die half-way, and
 * what the footers say can be compared with what the loads do.
 */
import type { JobRun } from '@aws-sdk/client-glue';
import { folderOf, type Manifest } from '../../pipeline/manifest.ts';
import { writeNdjson } from '../../pipeline/ndjson.ts';
import type { ReportLine } from '../../pipeline/report.ts';
import type { DispatchScene } from './dispatch-scene.ts';
import { etagOf, parquetFile } from './parquet-file.ts';

const rowsPerObject = 10;

interface File {
  objects: Set<string>;
  /** The load that wrote it last, and what it held at the last commit before. */
  load: string;
  committed: number;
}

export class GenerationEngine {
  readonly files = new Map<string, File>();
  private readonly aws: DispatchScene;

  constructor(aws: DispatchScene) {
    this.aws = aws;
  }

  async succeed(run: JobRun): Promise<void> {
    const manifest = await this.aws.manifestOf(run);
    const lines = this.write(manifest, manifest.objects.length);
    this.aws.objects.set(
      manifest.header.report_key,
      await writeNdjson([...lines, { kind: 'end', lines: lines.length }]),
    );
    run.JobRunState = 'SUCCEEDED';
  }

  /** It has written what the first half of its objects make. */
  async die(run: JobRun): Promise<void> {
    const manifest = await this.aws.manifestOf(run);
    this.write(manifest, Math.ceil(manifest.objects.length / 2));
    this.aws.die(run);
  }

  /** Raw objects whose rows are in the files of a folder. */
  heldIn(folder: string): string[] {
    return [...this.files]
      .filter(([key]) => key.startsWith(`${folder}/`) && this.aws.objects.has(key))
      .flatMap(([, { objects }]) => [...objects])
      .toSorted((one, other) => (one < other ? -1 : 1));
  }

  private write({ header, objects }: Manifest, many: number): ReportLine[] {
    const { load, recovers, tables } = header;
    const taken = objects.slice(0, many);
    const touched = Map.groupBy(taken, ({ table, key }) => {
      const spec = tables.find(({ name }) => name === table);
      const depth = ['none', 'year', 'month', 'day', 'hour'].indexOf(spec?.partition_by ?? '');
      const hour = /year=\d+\/month=\d+\/day=\d+\/hour=\d+/.exec(key)?.[0] ?? '';
      return [folderOf(header, table), ...hour.split('/').slice(0, depth), 'part-0.parquet'].join('/');
    });
    const lines: ReportLine[] = [
      { kind: 'report', v: 1, load, engine: { name: 'glue', versions: {}, figures: {} } },
      ...taken.map(({ table, key, version_id }): ReportLine => ({
        kind: 'object',
        table,
        key,
        version_id,
        lines: 1,
        rows: rowsPerObject,
        quarantined: 0,
        filtered: 0,
      })),
    ];
    for (const [key, incoming] of touched) {
      const before = this.files.get(key) ?? { objects: new Set(), load: '', committed: 0 };
      const committed = recovers.includes(before.load) ? before.committed : before.objects.size;
      const after = new Set([...before.objects, ...incoming.map((object) => object.key)]);
      this.files.set(key, { objects: after, load, committed });
      const file = parquetFile(after.size * rowsPerObject);
      this.aws.objects.set(key, file);
      const inserted = after.size - before.objects.size;
      lines.push({
        kind: 'file',
        table: incoming[0]?.table ?? '',
        key,
        etag_before: null,
        etag_after: etagOf(file),
        written: true,
        bytes: 100,
        rows_before: committed * rowsPerObject,
        rows_after: after.size * rowsPerObject,
        inserted: inserted * rowsPerObject,
        updated: 0,
        duplicate: (incoming.length - inserted) * rowsPerObject,
        recovered: (before.objects.size - committed) * rowsPerObject,
        removed: 0,
      });
    }
    return lines;
  }
}
