import { count } from '../figures.ts';
import { judgeEach, type Check, type Finding } from './check.ts';
import { describeSuggestion } from './describe-suggestion.ts';
import type { Limits } from './limits.ts';
import type { ResourceStatus } from './resource-status.ts';
import { shorten } from './shorten.ts';
import { ageOf, spellAge, spellSpan, spellTime } from './spell-time.ts';

export interface FetchContext {
  resources: readonly ResourceStatus[];
  limits: Limits;
  now: Date;
  /** Commands that show more. */
  logs: string;
}

const about = { group: 'source' } as const;

/** Whether what is due is fetched, and stands where it should. */
export function judgeFetches(context: FetchContext): Check[] {
  const { resources, limits } = context;
  return [
    ...judgeEach({ ...about, name: 'fetches' }, limits.isScheduled ? resources : [], {
      judge: (resource) => judgeFreshness(resource, context),
      fine: limits.isScheduled
        ? `${count(resources.length, 'resource')} fetched in time`
        : 'nothing is due while the schedule is off',
    }),
    ...judgeEach({ ...about, name: 'paused' }, resources, {
      judge: (resource) => judgePause(resource, context),
      fine: 'no window stands still',
    }),
    ...judgeEach({ ...about, name: 'slices' }, resources, {
      judge: judgeSlices,
      fine: 'no slice is left out or behind in the last windows',
    }),
    ...judgeEach({ ...about, name: 'cadence' }, resources, {
      judge: ({ resource, suggestion }) =>
        suggestion && { state: 'WARN', what: describeSuggestion(resource, suggestion) },
      fine: 'nothing suggests another cadence',
    }),
  ];
}

function judgeFreshness(status: ResourceStatus, context: FetchContext): Finding | undefined {
  const { resource, committed, failed, isDone } = status;
  const { limits, now, logs } = context;
  if (isDone) return undefined;
  const failure =
    failed?.isLast && `the last try failed ${spellAge(failed.at, now)}: ${shorten(failed.error)}`;
  const limit = limits.freshMs(status);
  if (committed && ageOf(committed.at, now) <= limit)
    return failure ? { state: 'WARN', what: `${resource}: ${failure}`, fix: logs } : undefined;
  const last = committed
    ? `the last window was committed ${spellAge(committed.at, now)}; one is due every ${spellSpan(limit / 2)}`
    : 'nothing was committed yet';
  const what = [`${resource}: ${last}`, ...(failure ? [failure] : [])].join('; ');
  const going = describeGoing(status, context);
  if (going !== undefined) return { state: 'WARN', what: `${what}; ${going}` };
  if (!committed && !failed) return { state: 'WARN', what: `${what}; the schedule's next beat is the first` };
  return { state: 'FAIL', what, fix: logs };
}

/** A window that takes its time, or waits because the API or its budget wants it, is no fault. */
function describeGoing(status: ResourceStatus, { limits, now }: FetchContext): string | undefined {
  const { waitsUntil, fetching, paused, failed } = status;
  if (waitsUntil !== undefined) return `it waits until ${spellTime(waitsUntil)}`;
  if (fetching) return `the window of ${spellTime(fetching.scheduledAt)} is being fetched`;
  if (!paused || failed?.isLast || ageOf(paused.since, now) > limits.pausedMs(status)) return undefined;
  return `the window of ${spellTime(paused.scheduledAt)} has come as far as one fetch could, and goes on`;
}

function judgePause(status: ResourceStatus, { limits, now, logs }: FetchContext): Finding | undefined {
  const { resource, paused } = status;
  if (!paused || ageOf(paused.since, now) <= limits.pausedMs(status)) return undefined;
  const what = `${resource}: the window of ${spellTime(paused.scheduledAt)} is paused since ${spellAge(paused.since, now)}, and nothing newer comes before it: ${shorten(paused.reason)}`;
  return status.waitsUntil !== undefined
    ? { state: 'WARN', what: `${what}; it waits until ${spellTime(status.waitsUntil)}` }
    : { state: 'FAIL', what, fix: logs };
}

function judgeSlices({ resource, committed }: ResourceStatus): Finding | undefined {
  const { behind, skipped } = committed ?? {};
  if (skipped) {
    const such = skipped.first ? `, such as ${skipped.first.slice}: ${shorten(skipped.first.error)}` : '';
    return {
      state: 'WARN',
      what: `${resource}: ${count(skipped.slices, 'slice')} left out of the last window${such}`,
    };
  }
  if (!behind) return undefined;
  const why = behind.reason === undefined ? '' : `: ${behind.reason}`;
  return { state: 'WARN', what: `${resource}: ${count(behind.slices, 'slice')} not up to now${why}` };
}
