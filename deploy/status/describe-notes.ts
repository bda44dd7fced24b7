/** What is out of the ordinary, one line each; of the resources also what was, and what is to come. */
import { bytes, count } from '../figures.ts';
import { gapId } from '../commands/gaps.ts';
import type { LoadsStatus } from './read-loads.ts';
import type { ResourceStatus } from './resource-status.ts';
import type { LedgerStatus } from './read-status.ts';
import type { TableStatus } from './read-tables.ts';
import { shorten } from './shorten.ts';
import { spellAge, spellTime } from './spell-time.ts';

const mostGaps = 5;
const mostQuarantined = 5;

export function describeNotes(ledger: LedgerStatus, now: Date): string[] {
  return [
    ...ledger.resources.flatMap((resource) => noteResource(resource, now)),
    ...ledger.tables.flatMap((table) => noteTable(table, now)),
    ...noteLoads(ledger.loads, now),
    ...noteOthers(ledger, now),
  ];
}

function noteResource(status: ResourceStatus, now: Date): string[] {
  const { resource, paused, failed, committed, waitsUntil, listing } = status;
  const until = waitsUntil === undefined ? '' : `; goes on not before ${spellTime(waitsUntil)}`;
  const notes: string[] = [];
  if (paused)
    notes.push(
      `the window of ${spellTime(paused.scheduledAt)} is paused since ${spellAge(paused.since, now)}: ${shorten(paused.reason)}${until}`,
    );
  else if (waitsUntil !== undefined) notes.push(`nothing is asked before ${spellTime(waitsUntil)}`);
  if (failed)
    notes.push(
      `${failed.isLast ? 'failed' : 'last failure'}: ${spellAge(failed.at, now)}: ${shorten(failed.error)}`,
    );
  if (committed?.behind) {
    const { slices, reason } = committed.behind;
    notes.push(
      `${count(slices, 'slice')} not up to now${reason === undefined ? '' : `: ${reason}`}; the next window goes on`,
    );
  }
  if (committed?.skipped) {
    const { slices, first } = committed.skipped;
    notes.push(
      `${count(slices, 'slice')} left out${first ? `, such as ${first.slice}: ${shorten(first.error)}` : ''}`,
    );
  }
  if (listing) {
    const { lastAt, nextAt } = listing;
    notes.push(
      lastAt === undefined || nextAt === undefined
        ? 'not yet listed completely; the next window does'
        : `listed completely at ${spellTime(lastAt)}, next from ${spellTime(nextAt)} on`,
    );
  }
  return notes.map((note) => `${resource}: ${note}`);
}

function noteTable({ table, building, sweep, waiting }: TableStatus, now: Date): string[] {
  return [
    ...(building
      ? [
          `${table}: generation ${building.generation} is being built since ${spellAge(building.since, now)}: ` +
            `${waiting.objects.toLocaleString('en')} of ${count(building.objects, 'object')} to go` +
            (building.fault === undefined ? '' : `; stopped: ${building.fault}`),
        ]
      : []),
    ...(sweep === undefined
      ? []
      : [`${table}: the next load takes out what the last complete listing lacks`]),
  ];
}

function noteLoads(
  { active, dead, deadInARow, notBefore, retryNotBefore }: LoadsStatus,
  now: Date,
): string[] {
  return [
    ...(active
      ? [
          `load ${active.load} runs since ${spellAge(active.createdAt, now)}: ${count(active.objects, 'object')}, ${bytes(active.bytes)}`,
        ]
      : []),
    ...(deadInARow > 0
      ? [
          `${count(deadInARow, 'load')} in a row died${dead?.error === undefined ? '' : `, the last one of: ${shorten(dead.error)}`}`,
        ]
      : []),
    ...(notBefore !== undefined && notBefore > now.toISOString()
      ? [`the next load begins not before ${spellTime(notBefore)}`]
      : []),
    ...(retryNotBefore !== undefined && retryNotBefore > now.toISOString()
      ? [`what loads have died over is not tried again before ${spellTime(retryNotBefore)}`]
      : []),
  ];
}

function noteOthers({ waiting: { unregistered }, quarantined, gaps }: LedgerStatus, now: Date): string[] {
  const { windows, since } = unregistered;
  return [
    ...quarantined
      .slice(0, mostQuarantined)
      .map(
        (object) =>
          `${object.resource}: ${object.key} is in quarantine since ${spellAge(object.since, now)}: ${shorten(object.error)}`,
      ),
    ...(quarantined.length > mostQuarantined
      ? [`raw objects in quarantine: ${quarantined.length.toLocaleString('en')} in all`]
      : []),
    ...(windows > 0 && since !== undefined
      ? [
          `${count(windows, 'committed window')} not yet on the list of what is to be loaded, since ${spellAge(since, now)}`,
        ]
      : []),
    ...(gaps.length > 0
      ? [
          `${count(gaps.length, 'gap')} open: ${gaps
            .slice(0, mostGaps)
            .map((gap) => `${gapId(gap)} ${gap.resource}`)
            .join(', ')}${gaps.length > mostGaps ? ', …' : ''}`,
        ]
      : []),
  ];
}
