import { ConfigError } from '../../pipeline/errors.ts';
import { slice } from '../status/recent-windows.ts';

/** What a run is called by: a load by its id, a fetch by its resource and scheduled time. */
export type RunId = { load: string } | { resource: string; slice: string; scheduledAt: string };

/** `hourly_weather@2026-11-21T10:05:00Z` */
export function fetchId({ resource, scheduledAt }: { resource: string; scheduledAt: string }): string {
  return `${resource}@${scheduledAt}`;
}

export function parseRunId(id: string): RunId {
  const at = id.lastIndexOf('@');
  if (at < 0) return { load: id };
  const time = new Date(id.slice(at + 1));
  if (Number.isNaN(time.getTime())) {
    throw new ConfigError(
      `'${id.slice(at + 1)}' in '${id}' is no ISO 8601 time; a fetch is called like hourly_weather@2026-11-21T10:05:00Z`,
    );
  }
  // The schedule's times are whole seconds.
  return { resource: id.slice(0, at), slice, scheduledAt: `${time.toISOString().slice(0, 19)}Z` };
}
