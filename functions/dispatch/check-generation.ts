import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { parseCuratedKey, yearOf } from '../../pipeline/curated-key.ts';
import { CatchwaterError } from '../../pipeline/errors.ts';
import { inParallel } from '../../pipeline/in-parallel.ts';
import { generationFolder } from '../../pipeline/ledger/generation-folder.ts';
import { noteCheck } from '../../pipeline/ledger/generations.ts';
import type { Building, LeaseItem, TableItem } from '../../pipeline/ledger/items.ts';
import { readLease, recoveredBy } from '../../pipeline/ledger/lease.ts';
import { readFooter } from '../../pipeline/parquet/read-footer.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';

/** Footers that are asked for at once (law 24). */
const width = 64;
/** Of the five minutes that a wake-up has; then the next one goes on. */
const longestMs = 120_000;

type Checked = NonNullable<Building['checked']>;

/**
 * Answers the table when the files of its new generation hold the rows that the loads say, as their own footers tell. A
 * load that begins meanwhile may write some of them: then nothing of it counts. A fault is said once, and judged anew
 * after the next load.
 */
export async function checkGeneration(
  item: TableItem,
  { spec, lease }: { spec: TableSpec; lease: LeaseItem },
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<TableItem | undefined> {
  const { building } = item;
  if (!building) return undefined;
  const { token } = lease;
  const before = building.checked?.token === token ? building.checked : undefined;
  if (before?.whole) return building.fault === undefined ? item : undefined;

  const folder = generationFolder(item.name, building.generation);
  const place = { folder, spec, building, dead: new Set(recoveredBy(lease)) };
  const { checked, faults } = await countFiles(before ?? { token, files: 0, rows: 0 }, place, settings, deps);
  const now = await readLease(deps.ledger);
  if (now.load !== undefined || now.token !== token) return undefined;
  if (checked.whole && checked.rows !== building.rows) {
    faults.push(`its ${checked.files} files hold ${checked.rows} rows, where the loads say ${building.rows}`);
  }
  const fault = faults[0] === undefined ? undefined : `${folder}/: ${faults[0]}`;
  if (fault === undefined) {
    const noted = await noteCheck(deps.ledger, item, checked);
    return checked.whole ? noted : undefined;
  }
  await noteCheck(deps.ledger, item, { ...checked, whole: true }, fault);
  deps.log('generation at fault', { table: item.name, generation: building.generation, fault }, 'ERROR');
  return undefined;
}

interface Place {
  folder: string;
  spec: TableSpec;
  building: Building;
  /** Loads whose writes no receipt has counted yet. */
  dead: ReadonlySet<string>;
}

/** On from where an earlier wake-up has stopped, page by page. */
async function countFiles(
  before: Checked,
  place: Place,
  { curatedBucket }: DispatchSettings,
  { s3, now }: Pick<DispatchDeps, 's3' | 'now'>,
): Promise<{ checked: Checked; faults: string[] }> {
  const end = now().getTime() + longestMs;
  const faults: string[] = [];
  let checked = before;
  for (;;) {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: curatedBucket,
        Prefix: `${place.folder}/`,
        ...(checked.after !== undefined && { StartAfter: checked.after }),
      }),
    );
    const keys = (page.Contents ?? []).map(({ Key = '' }) => Key);
    let { rows } = checked;
    await inParallel(keys, width, async (key) => {
      if (!isExpected(key, place)) faults.push(`${key} is not a file that the table may have`);
      const counted = await rowsOf(key).catch((error: unknown) => {
        if (!(error instanceof CatchwaterError)) throw error;
        faults.push(error.message);
        return 0;
      });
      rows += counted;
    });
    const after = keys.at(-1) ?? checked.after;
    checked = {
      ...checked,
      files: checked.files + keys.length,
      rows,
      ...(after !== undefined && { after }),
      ...(page.IsTruncated !== true && { whole: true as const }),
    };
    if (checked.whole || faults.length > 0 || now().getTime() > end) return { checked, faults };
  }

  async function rowsOf(key: string): Promise<number> {
    const { rows, metadata } = await readFooter(s3, { bucket: curatedBucket, key });
    // What a dead load has written is in the file and in no sum, until a load has recovered it (law 8).
    return place.dead.has(metadata['load'] ?? '') ? Number(metadata['rows-before']) : rows;
  }
}

/** One that queries will find, too: the catalog is to show the years that the loads have touched (law 16). */
function isExpected(key: string, { folder, spec, building: { years } }: Place): boolean {
  const where = parseCuratedKey(key, spec, folder);
  const year = where && yearOf(where.partition);
  return (
    where !== undefined &&
    (year === undefined || (years !== undefined && years.first <= year && year <= years.last))
  );
}
