import { closeListing, openListings, readListed, type Listed } from '../../pipeline/ledger/listings.ts';
import { requestSweep } from '../../pipeline/ledger/marks.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import type { DispatchDeps } from './deps.ts';

/**
 * A complete listing whose objects are all loaded says what is no longer there: the files of its tables are to be swept,
 * which is a load's work. Sweeps are set before the listing is closed, so that a wake-up that is killed in between sets
 * the same ones again.
 */
export async function judgeListings(
  source: CompiledSource,
  { ledger, log }: Pick<DispatchDeps, 'ledger' | 'log'>,
): Promise<void> {
  for await (const listing of openListings(ledger)) {
    const { resource, scheduled_at: scheduledAt, complete_from: from } = listing;
    const specs = markedTables(source, resource);
    if (specs.length === 0) {
      // It only caught up, or the source does not want it any more.
      await closeListing(ledger, listing);
      continue;
    }
    const listed = await readListed(ledger, listing);
    if (listed === undefined) continue;
    const reason = refusalOf(listed);
    if (reason === undefined) for (const spec of specs) await requestSweep(ledger, spec, from);
    if (!(await closeListing(ledger, listing))) continue;
    if (reason !== undefined) {
      log('listing not applied', { resource, scheduledAt, reason }, 'WARN');
    } else {
      const tables = specs.map(({ name }) => name);
      log('listing applied', { resource, scheduledAt, from, rows: listed.rows, tables });
    }
  }
}

function markedTables({ resources }: CompiledSource, name: string): TableSpec[] {
  return resources
    .filter((resource) => resource.name === name)
    .flatMap(({ table, child_tables }) => [table, ...child_tables])
    .filter(({ marks }) => marks === true);
}

/** Why nothing may vanish because of it, in words; undefined when it may. */
function refusalOf({ rows, quarantined, unread }: Listed): string | undefined {
  if (unread > 0) {
    return `raw objects in quarantine, or gone from the ledger: ${unread}; their rows may be ones that still exist`;
  }
  if (quarantined > 0) return `rows in quarantine: ${quarantined}; each may be one that still exists`;
  return rows === 0
    ? 'it is empty: an answer without a single row is more often a fault than the truth, so the tables stay as they are'
    : undefined;
}
