import { bytes, count } from '../figures.ts';
import { judgeEach, type Check, type Finding } from './check.ts';
import type { Limits } from './limits.ts';
import type { LoadsStatus } from './read-loads.ts';
import type { QuarantinedObject } from './read-quarantined.ts';
import type { LedgerStatus } from './read-status.ts';
import type { TableStatus } from './read-tables.ts';
import { shorten } from './shorten.ts';
import { ageOf, spellAge, spellSpan, spellTime } from './spell-time.ts';

export interface LoadContext {
  ledger: LedgerStatus;
  limits: Limits;
  now: Date;
  stack: string;
  /** Commands that show more. */
  logs: string;
  quarantine: string;
}

/** The dispatcher wakes every minute. */
const unregisteredMs = 15 * 60_000;
/** Loads that die in a row before the circuit breaker slows them. */
const patience = 3;

const about = { group: 'source' } as const;

/** Whether what has landed gets into the tables. */
export function judgeLoads(context: LoadContext): Check[] {
  const { ledger } = context;
  return [
    ...judgeEach({ ...about, name: 'waiting' }, [...ledger.tables, ledger.waiting.unregistered], {
      judge: (part) => ('table' in part ? judgeWaiting(part, context) : judgeUnregistered(part, context)),
      fine: 'nothing that has landed waits too long',
    }),
    ...judgeEach({ ...about, name: 'loads' }, [ledger.loads], {
      judge: (loads) => judgeDeath(loads, context) ?? judgeLast(loads, context),
      fine: ledger.loads.last
        ? `the last load, ${spellAge(ledger.loads.last.createdAt, context.now)}, went well`
        : 'no load yet',
    }),
    ...judgeEach({ ...about, name: 'quarantine' }, ledger.quarantined.slice(0, 1), {
      judge: (first) => judgeQuarantined(first, context),
      fine: 'no raw object is in quarantine',
    }),
    ...judgeEach({ ...about, name: 'generations' }, ledger.tables, {
      judge: (table) => judgeBuilding(table, context),
      fine: 'no table stands between two generations',
    }),
  ];
}

function judgeWaiting(
  { table, waiting, building }: TableStatus,
  { limits, ledger, now, logs }: LoadContext,
): Finding | undefined {
  const { objects, since } = waiting;
  // All that was ever fetched waits for its next generation, for as long as that takes.
  if (building) return undefined;
  if (since === undefined || ageOf(since, now) <= limits.waitingMs) return undefined;
  const { active } = ledger.loads;
  const what = `${table}: ${count(objects, 'object')}, ${bytes(waiting.bytes)}, wait to be loaded, the oldest since ${spellAge(since, now)}`;
  return active
    ? { state: 'WARN', what: `${what}; load ${active.load} is under way` }
    : { state: 'FAIL', what: `${what}; a load was due after ${spellSpan(limits.waitingMs)}`, fix: logs };
}

function judgeUnregistered(
  { windows, since }: LedgerStatus['waiting']['unregistered'],
  { now, logs }: LoadContext,
): Finding | undefined {
  if (since === undefined || ageOf(since, now) <= unregisteredMs) return undefined;
  const what = `${count(windows, 'committed window')} not on the list of what is to be loaded, the oldest since ${spellAge(since, now)}: the dispatch function does not wake, or fails`;
  return { state: 'FAIL', what, fix: logs };
}

function judgeDeath(loads: LoadsStatus, { limits, now, logs }: LoadContext): Finding | undefined {
  const { active, dead, deadInARow, notBefore, retryNotBefore } = loads;
  if (deadInARow > 0) {
    const why = dead?.error === undefined ? '' : `: ${shorten(dead.error)}`;
    const isAhead = (time: string | undefined): time is string =>
      time !== undefined && time > now.toISOString();
    const next = [
      ...(isAhead(notBefore) ? [`, the next one begins at ${spellTime(notBefore)}`] : []),
      ...(isAhead(retryNotBefore)
        ? [`, what they died over is tried again at ${spellTime(retryNotBefore)}`]
        : []),
    ];
    return {
      state: deadInARow >= patience ? 'FAIL' : 'WARN',
      what: `${count(deadInARow, 'load')} in a row died${next.join('')}${why}`,
      fix: logs,
    };
  }
  if (!active || ageOf(active.createdAt, now) <= limits.loadMs) return undefined;
  const what = `load ${active.load} runs since ${spellAge(active.createdAt, now)}, longer than the job may`;
  return { state: 'FAIL', what, fix: logs };
}

function judgeLast({ last }: LoadsStatus, { quarantine }: LoadContext): Finding | undefined {
  const { held = [], quarantined = 0 } = last?.receipt ?? {};
  if (held.length > 0) {
    const what = `rows of ${held.join(', ')} broke a rule that may not be broken, or too many of them did not fit; the others are in the table`;
    return { state: 'FAIL', what, fix: quarantine };
  }
  if (quarantined === 0) return undefined;
  return {
    state: 'WARN',
    what: `${count(quarantined, 'row')} of the last load did not fit`,
    fix: quarantine,
  };
}

function judgeQuarantined(
  { key, since, error }: QuarantinedObject,
  { ledger, now, logs }: LoadContext,
): Finding {
  const objects = count(ledger.quarantined.length, 'raw object');
  const what = `${objects} in quarantine, as the engine dies over ${ledger.quarantined.length === 1 ? 'it' : 'each of them'}: nothing of ${key} is loaded since ${spellAge(since, now)}: ${shorten(error)}`;
  return { state: 'FAIL', what, fix: logs };
}

function judgeBuilding({ table, building }: TableStatus, { now, stack }: LoadContext): Finding | undefined {
  if (!building) return undefined;
  const what = `${table}: generation ${building.generation} is being built since ${spellAge(building.since, now)}`;
  const fix = `catchwater reprocess --stack ${stack} --table ${table}`;
  return building.fault === undefined
    ? { state: 'WARN', what }
    : { state: 'FAIL', what: `${what} and has stopped: ${building.fault}`, fix };
}
