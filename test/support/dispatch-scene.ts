/** A dispatcher in the AWS in memory, and short words for what tests do with it. */
import type { JobRun } from '@aws-sdk/client-glue';
import type { DispatchSettings } from '../../functions/dispatch/deps.ts';
import { reconcile } from '../../functions/dispatch/reconcile.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import { writeNdjson } from '../../pipeline/ndjson.ts';
import type { ReportLine } from '../../pipeline/report.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { fakeAws, settings, type Gate } from './fake-aws.ts';
import { filesOf, reportOn } from './fake-engine.ts';
import { compiledSource, fetchItem } from './load-samples.ts';
import { etagOf } from './parquet-file.ts';

export const minute = 60_000;
export const weather = compiledSource([['weather', 'hour']]);
export const weatherAndCities = compiledSource([
  ['weather', 'hour'],
  ['cities', 'none'],
]);

/** Complete listings of these resources take rows away. */
export function marked(source: CompiledSource, more: Partial<TableSpec> = {}): CompiledSource {
  const mark = (spec: TableSpec): TableSpec => ({ ...spec, marks: true, ...more });
  return {
    ...source,
    resources: source.resources.map((resource) => ({
      ...resource,
      table: mark(resource.table),
      child_tables: resource.child_tables.map(mark),
    })),
  };
}

export type DispatchScene = ReturnType<typeof dispatchScene>;

export function dispatchScene(options: Parameters<typeof fakeAws>[0] = {}) {
  const aws = fakeAws(options);
  const run = (): JobRun => {
    const active = aws.activeRun();
    if (!active) throw new Error('no run is active');
    return active;
  };
  return Object.assign(aws, {
    run,
    wake: (source = weather, changed: Partial<DispatchSettings> = {}, gate?: Gate): Promise<void> =>
      reconcile(source, { ...settings, ...changed }, aws.deps(gate)),
    land: (resource = 'weather', at = '2026-11-21T10:00:00Z', objects = 3): void =>
      aws.dynamo.put(fetchItem(resource, at, objects)),
    /** A complete listing, which began at that time. */
    list: (resource = 'weather', at = '2026-11-21T10:00:00.000Z', objects = 3): void =>
      aws.dynamo.put({ ...fetchItem(resource, at, objects), complete_from: at }),
    table: (name = 'weather') =>
      aws.dynamo.items.get(JSON.stringify([`TABLE#${name}`, 'TABLE'])) as unknown as TableItem | undefined,
    /** The active run succeeds with another report than the engine's own, and with files of that many rows. */
    async report(change: (lines: ReportLine[]) => ReportLine[]): Promise<void> {
      const manifest = await aws.manifestOf(run());
      const changed = change(reportOn(manifest).slice(0, -1));
      const files = filesOf(changed);
      for (const [key, file] of files) aws.objects.set(key, file);
      const lines = changed.map((line) =>
        line.kind === 'file' ? { ...line, etag_after: etagOf(files.get(line.key) ?? Buffer.alloc(0)) } : line,
      );
      aws.objects.set(
        manifest.header.report_key,
        await writeNdjson([...lines, { kind: 'end', lines: lines.length }]),
      );
      run().JobRunState = 'SUCCEEDED';
    },
    /** The states of all objects, of all loads. */
    objectStates: (): string[] => aws.rawObjects().map(({ state }) => state),
    loadStates: (): string[] => aws.loads().map(({ state }) => state),
    /** Names of what was logged. */
    logged: (): string[] => aws.logs.map(({ event }) => event),
    failure: (): unknown => aws.logs.find(({ event }) => event === 'load failed')?.['error'],
  });
}
