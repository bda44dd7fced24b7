import { ConfigError } from '../../pipeline/errors.ts';
import { parseDuration } from '../../pipeline/source/duration.ts';

const timePattern = /^\d{4}-\d\d-\d\d(?<clock>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?$/;

/** The beginning that `--since` asks for, as the ledger writes times: of a time, or of a span up to now. */
export function readSince(text: string, now: Date): string {
  const ms = parseDuration(text);
  const { clock, zone } = timePattern.exec(text)?.groups ?? {};
  // All times of the program are in UTC, and so is one that names no zone.
  const time =
    ms === undefined
      ? new Date(clock !== undefined && zone === undefined ? `${text}Z` : text)
      : new Date(now.getTime() - ms);
  if ((ms !== undefined || timePattern.test(text)) && !Number.isNaN(time.getTime()))
    return time.toISOString();
  throw new ConfigError(
    `--since ${text} is neither a time, such as 2026-11-21T10:00Z, nor a span, such as PT24H or P7D`,
  );
}
