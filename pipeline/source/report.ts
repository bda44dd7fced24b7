import type { Path, Place } from './yaml-span.ts';

/** How a check says what it found; `path` leads from what was handed to the check to the value at fault. */
export type Report = (path: Path, message: string, place?: Place & { severity?: 'warning' }) => void;

/** The same, for a check of something further inside. */
export function reportBelow(report: Report, prefix: Path): Report {
  return (path, message, place) => report([...prefix, ...path], message, place);
}
