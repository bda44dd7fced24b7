import { ConfigError } from '../../pipeline/errors.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import { nextNumber } from '../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import { nearestName } from '../../pipeline/source/nearest-name.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { compareStored } from '../../pipeline/table/compare-stored.ts';
import { feedingOf, type Feeding } from '../../pipeline/table/feeding-of.ts';
import { describeExpired } from './describe-plan.ts';
import { findExpired, type Landed, type VersionLister } from './find-expired.ts';

/** What making a table anew would read, and change. Nothing is done yet. */
export interface ReprocessPlan {
  table: string;
  /** From which to which. */
  generation: [from: number, to: number];
  folder: string;
  /** It is under way already, for this very source: the command goes on with it. */
  underWay: boolean;
  /** What feeds the table, as far as it is read again. */
  reads: Landed[];
  objects: number;
  bytes: number;
  /** How the layout of its files changes. */
  changes: string[];
}

export interface Planned {
  plan: ReprocessPlan;
  /** The ledger's item that the plan was made for. */
  seen: TableItem;
  feeding: Feeding;
}

export interface PlanOptions {
  source: CompiledSource;
  table: string;
  ledger: Ledger;
  s3: VersionLister;
  stagingBucket: string;
  onProgress: (line: string) => void;
}

/** Refused where a raw object is gone: the new table would lack its rows. */
export async function planReprocess(options: PlanOptions): Promise<Planned> {
  const { source, table, ledger, onProgress } = options;
  const feeding = feedingOf(source, table);
  if (!feeding) throw new ConfigError(unknownTable(source, table));
  const seen = await readTable(ledger, table);
  if (!seen) {
    throw new ConfigError(
      `nothing of the table ${table} is stored yet: it is made as the source says when its first rows come`,
    );
  }
  const { building } = seen;
  const changes = compareStored(seen, feeding.spec);
  const underWay =
    building !== undefined &&
    building.fault === undefined &&
    compareStored(building, feeding.spec).length === 0;
  const reads = underWay ? [] : await readAll(feeding.resources, options);
  const from = seen.generation ?? 1;
  const to = underWay ? building.generation : nextNumber(seen);
  onProgress(`planned: ${table}`);
  const plan: ReprocessPlan = {
    table,
    generation: [from, to],
    folder: `${generationFolder(table, to)}/`,
    underWay,
    reads,
    objects: underWay ? building.objects : reads.reduce((sum, { objects }) => sum + objects, 0),
    bytes: reads.reduce((sum, { bytes }) => sum + bytes, 0),
    changes,
  };
  return { plan, seen, feeding };
}

async function readAll(resources: readonly string[], options: PlanOptions): Promise<Landed[]> {
  const { ledger, s3, stagingBucket: bucket, onProgress } = options;
  const found = [];
  for (const resource of resources) {
    onProgress(`looking for the raw objects of ${resource}`);
    found.push(await findExpired(resource, { ledger, s3, bucket }));
  }
  const expired = found.flatMap((one) => one.expired);
  if (expired.length > 0) throw new ConfigError(describeExpired(options.table, expired));
  return found.map(({ landed }) => landed);
}

function unknownTable(source: CompiledSource, table: string): string {
  const names = source.resources.flatMap(({ table: own, child_tables }) =>
    [own, ...child_tables].map(({ name }) => name),
  );
  const nearest = nearestName(table, names);
  const hint = nearest === undefined ? `it has ${names.join(', ')}` : `did you mean ${nearest}?`;
  return `the source has no table ${table}; ${hint}`;
}
