import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ConfigError } from '../../pipeline/errors.ts';
import type { LeaseItem, LoadItem, ObjectItem } from '../../pipeline/ledger/items.ts';
import { isPaused, isRetryPaused, readLease, recoveredBy } from '../../pipeline/ledger/lease.ts';
import { loadId } from '../../pipeline/ledger/load-id.ts';
import { loadKey, prepareLoad } from '../../pipeline/ledger/load.ts';
import { bytesOf, manifestKey, manifestLines, reportKey, type Manifest } from '../../pipeline/manifest.ts';
import { writeNdjson } from '../../pipeline/ndjson.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { Choice } from './choose-work.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { feedTables, type Feed } from './feed-tables.ts';
import { findMarks, withSweeps, type Marks } from './find-marks.ts';
import { findWork, type TablesOf } from './find-work.ts';
import { relistObjects } from './relist-objects.ts';
import { startRun } from './start-run.ts';

/**
 * Starts a load when nothing runs and the pending objects are old or big enough, a table is to be swept, or what a load has
 * died over is to be tried again. The manifest is written first, under a load id of its own; taking the lease is what
 * makes the load exist. Of several dispatchers one gets it, the manifests of the others expire.
 */
export async function startLoad(
  source: CompiledSource,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const lease = await readLease(deps.ledger);
  const now = deps.now();
  if (lease.load !== undefined || (isPaused(lease, now) && isRetryPaused(lease, now))) return;

  const tables = new Map(
    source.resources.map(({ name, table, child_tables }) => [name, [table, ...child_tables]]),
  );
  // Read after the lease, as all of this is: no load has run since, so no mark has risen.
  const { marks, sweeps, refusals } = await findMarks(tables, deps);
  const work = await findWork(tables, { lease, sweeps }, settings, deps);
  if (work.choice) await begin(work.choice, { lease, tables, marks, folders: work.folders }, settings, deps);
  const refused = new Set([...work.refusals, ...refusals]);
  if (refused.size > 0) throw new ConfigError([...refused].join('; '));
}

interface Scene {
  lease: LeaseItem;
  tables: TablesOf;
  marks: Marks['marks'];
  folders: ReadonlyMap<string, string>;
}

async function begin(
  choice: Choice,
  { lease, tables, ...known }: Scene,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const { objects, sweeps } = choice;
  const marks = withSweeps(known.marks, sweeps);
  const again = await relistObjects(marks, tables, deps);
  const folders = new Map([...known.folders, ...sweeps.map(({ table, folder }) => [table, folder] as const)]);
  const feed = feedTables({ objects, again, marks, folders }, tables);
  if (feed.tables.length === 0) return;
  const load = await prepare(choice, { lease, feed, taken: [...objects, ...again] }, settings, deps);
  if (load) await startRun(load, settings, deps);
}

/** Undefined when someone else got the lease. */
async function prepare(
  { isRetry, suspects, passesBy }: Choice,
  { lease, feed, taken }: { lease: LeaseItem; feed: Feed; taken: readonly ObjectItem[] },
  { stagingBucket, curatedBucket }: DispatchSettings,
  { ledger, s3, now, nonce }: DispatchDeps,
): Promise<LoadItem | undefined> {
  const { objects, ...described } = feed;
  const created = now();
  const id = loadId(created, nonce());
  const manifest: Manifest = {
    header: {
      kind: 'manifest',
      v: 1,
      load: id,
      token: lease.token + 1,
      staging_bucket: stagingBucket,
      curated_bucket: curatedBucket,
      ledger_table: ledger.table,
      recovers: recoveredBy(lease),
      report_key: reportKey(id),
      quarantine_prefix: 'quarantine/',
      ...described,
    },
    objects,
  };
  await s3.send(
    new PutObjectCommand({
      Bucket: stagingBucket,
      Key: manifestKey(id),
      Body: await writeNdjson(manifestLines(manifest)),
    }),
  );
  const load: LoadItem = {
    ...loadKey(id),
    work: 'load',
    work_at: created.toISOString(),
    load: id,
    engine: 'glue',
    state: 'prepared',
    token: lease.token + 1,
    manifest_key: manifestKey(id),
    report_key: reportKey(id),
    objects: taken.length,
    bytes: bytesOf(taken),
    recovers: lease.dead_loads,
    resources: [...new Set(taken.map(({ resource }) => resource))].toSorted(),
    tables: described.tables.map(({ name }) => name),
    ...(isRetry && { retry: true }),
    ...(suspects?.failedIn !== undefined && { after: suspects.failedIn }),
    ...(passesBy && { passes_by: true }),
    created_at: created.toISOString(),
  };
  return (await prepareLoad(ledger, lease, load)) ? load : undefined;
}
