/**
 * An engine whose files are what they hold: which raw objects. So a table can be made anew, loads can die half-way or
 * over certain objects, and what the footers say can be compared with what the loads do.
 */
import type { JobRun } from '@aws-sdk/client-glue';
import { folderOf, type Manifest, type ManifestObject } from '../../pipeline/manifest.ts';
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
  /** Raw objects that no run survives. */
  readonly poisoned = new Set<string>();
  private readonly aws: DispatchScene;

  constructor(aws: DispatchScene) {
    this.aws = aws;
  }

  async succeed(run: JobRun): Promise<void> {
    const manifest = await this.aws.manifestOf(run);
    const lines = this.write(manifest, manifest.objects);
    this.aws.objects.set(
      manifest.header.report_key,
      await writeNdjson([...lines, { kind: 'end', lines: lines.length }]),
    );
    run.JobRunState = 'SUCCEEDED';
  }

  /** It has written what some of its objects make: the first half, where nothing else is said. */
  async die(run: JobRun, hasWritten?: (key: string) => boolean): Promise<void> {
    const manifest = await this.aws.manifestOf(run);
    const half = manifest.objects.slice(0, Math.ceil(manifest.objects.length / 2));
    this.write(manifest, hasWritten ? manifest.objects.filter(({ key }) => hasWritten(key)) : half);
    this.aws.die(run);
  }

  /** It succeeds, or dies over what is poisoned. */
  async run(run: JobRun, hasWritten?: (key: string) => boolean): Promise<void> {
    const { objects } = await this.aws.manifestOf(run);
    const dies = objects.some(({ key }) => this.poisoned.has(key));
    await (dies ? this.die(run, hasWritten) : this.succeed(run));
  }

  /** Rows of all files, and those of them that a load has counted which was not dead. */
  counted(dead: readonly string[]): { rows: number; committed: number } {
    const files = [...this.files.values()];
    const sum = (count: (file: File) => number): number =>
      files.reduce((rows, file) => rows + count(file) * rowsPerObject, 0);
    return {
      rows: sum(({ objects }) => objects.size),
      committed: sum(({ objects, load, committed }) => (dead.includes(load) ? committed : objects.size)),
    };
  }

  /** Raw objects whose rows are in the files of a folder. */
  heldIn(folder: string): string[] {
    return [...this.files]
      .filter(([key]) => key.startsWith(`${folder}/`) && this.aws.objects.has(key))
      .flatMap(([, { objects }]) => [...objects])
      .toSorted((one, other) => (one < other ? -1 : 1));
  }

  private write({ header }: Manifest, taken: readonly ManifestObject[]): ReportLine[] {
    const { load, recovers, tables } = header;
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
      const inserted = after.size - before.objects.size;
      // No change, no write; but what a dead load has left bears another name from now on.
      const written = inserted > 0 || recovers.includes(before.load);
      if (written) {
        this.files.set(key, { objects: after, load, committed });
        this.aws.objects.set(key, parquetFile(after.size * rowsPerObject));
        this.aws.metadata.set(key, { load, 'rows-before': String(committed * rowsPerObject) });
      }
      lines.push({
        kind: 'file',
        table: incoming[0]?.table ?? '',
        key,
        etag_before: null,
        etag_after: etagOf(this.aws.objects.get(key) ?? Buffer.alloc(0)),
        written,
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
