import { ConfigError } from '../../pipeline/errors.ts';

export interface FetchEvent {
  /** ISO 8601, UTC, seconds. */
  scheduledAt: string;
  /** Names; absent: all that are due. */
  resources?: string[];
  /** Of an invocation that goes on where another one has stopped: how many there have been, it included. */
  continues?: number;
  /** There is nothing to be had earlier. */
  notBefore?: string;
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Clocks differ a little; but a time far ahead, once committed, would refuse every window until then. */
const aheadMs = 5 * 60_000;
const example = `for example {"scheduledAt":"2026-11-21T10:05:00Z","resources":["hourly_weather"]}`;

/** The event, checked; throws ConfigError for anything that the fetcher would have to guess about. */
export function readEvent(
  event: unknown,
  { resources, now }: { resources: string[]; now: Date },
): FetchEvent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw wrong(`is ${JSON.stringify(event) ?? 'missing'}, not an object`);
  }
  const {
    scheduledAt,
    resources: named,
    continues,
    notBefore,
    ...unknown
  } = event as Record<string, unknown>;
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) throw wrong(`has '${stray}', which means nothing here`);
  return {
    scheduledAt: readTime(scheduledAt, now),
    ...(named !== undefined && { resources: readNames(named, resources) }),
    ...(continues !== undefined && { continues: readCount(continues) }),
    ...(notBefore !== undefined && { notBefore: readPause(notBefore, now) }),
  };
}

function readCount(value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw wrong(`has continues ${JSON.stringify(value)}, not a positive number; leave it out`);
}

function readPause(value: unknown, now: Date): string {
  const end = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (end - now.getTime() <= aheadMs) return new Date(end).toISOString();
  throw wrong(`has notBefore ${JSON.stringify(value)}, not a time that is past or near; leave it out`);
}

function readTime(value: unknown, now: Date): string {
  if (value === undefined) throw wrong('has no scheduledAt');
  const date = typeof value === 'string' && time.test(value) ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) {
    throw wrong(`has scheduledAt ${JSON.stringify(value)}, not an ISO 8601 time with seconds and zone`);
  }
  if (date.getTime() - now.getTime() > aheadMs) {
    throw wrong(
      `has scheduledAt ${JSON.stringify(value)}, which is in the future (it is ${now.toISOString()})`,
    );
  }
  return `${date.toISOString().slice(0, 19)}Z`;
}

function readNames(value: unknown, known: string[]): string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string')) {
    throw wrong(`has resources ${JSON.stringify(value)}, not a list of names; leave it out for all`);
  }
  const stranger = value.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw wrong(`names the resource '${stranger}'; the source has ${known.join(', ')}`);
  return [...new Set(value)];
}

function wrong(what: string): ConfigError {
  return new ConfigError(`the event of this fetch ${what}; ${example}`);
}
