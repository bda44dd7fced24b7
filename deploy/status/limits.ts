import type { StackState } from '../describe-stack.ts';
import type { ResourceStatus } from './resource-status.ts';
import { readCadence } from './read-cadence.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What the stack's parameters promise, milliseconds. */
export interface Limits {
  isScheduled: boolean;
  /** After so long without a committed window a resource is stale. */
  freshMs: (resource: ResourceStatus) => number;
  /** A window that is paused for longer is not going on. */
  pausedMs: (resource: ResourceStatus) => number;
  /** Objects that wait for longer are not being loaded. */
  waitingMs: number;
  /** A load that runs for longer hangs. */
  loadMs: number;
}

/** Defaults are the template's, for a stack made before there was such a parameter. */
export function limitsOf({ parameters }: StackState): Limits {
  const number = (name: string, otherwise: number) => Number(parameters[name] ?? otherwise);
  const beat = readCadence(parameters['Cadence'] ?? '');
  // The beats of a cron() need not be even: the promise is then what the alarm keeps.
  const stale = number('StaleAfterHours', 3) * hour;
  const freshMs = ({ everyMs = 0 }: ResourceStatus) =>
    beat === undefined ? Math.max(stale, 2 * everyMs) : 2 * Math.max(beat, everyMs);
  const loadMs = (number('GlueTimeoutMinutes', 60) + 30) * minute;
  return {
    isScheduled: (parameters['ScheduleState'] ?? 'ENABLED') === 'ENABLED',
    freshMs,
    pausedMs: (resource) => Math.max(hour, freshMs(resource)),
    waitingMs: number('BatchWindowMinutes', 60) * minute + hour,
    loadMs,
  };
}
