/**
 * How often a source ought to be asked, judged by what it has answered. Each response is compared with the one before it
 * (`unchanged`), so a run of windows shows how often the source changes, as long as that is not more often than it is
 * asked: with a share u of n responses unchanged at an interval I, changes come every I / −ln((u·n + ½) / (n + ½)) on
 * average. The logarithm counts what several changes within one interval hide; the halves take the bias of few responses
 * (Cho and Garcia-Molina, "Estimating frequency of change", 2003).
 */
import type { FetchItem } from '../ledger/items.ts';
import type { CompiledResource } from '../source/source.ts';

type AskedWindow = Pick<
  FetchItem,
  'scheduled_at' | 'state' | 'requests' | 'responses' | 'unchanged' | 'behind' | 'complete_from'
>;

/** What of a resource bears on how often it may be asked. */
export interface Rhythm {
  /** Each window adds rows of its own: one that is left out is lost. */
  keepsHistory: boolean;
  isIncremental: boolean;
  /** The API forgets what is older. */
  retentionMs?: number | undefined;
}

export interface CadenceSuggestion {
  direction: 'less often' | 'more often';
  everyMs: number;
  basis: CadenceBasis;
  /** As it is, and as it would be with as many in each window. */
  requestsADay: { now: number; after: number };
}

export interface CadenceBasis {
  /** Committed ones that follow another: each of their responses has one before it. */
  windows: number;
  from: string;
  to: string;
  /** Between two windows, as a rule. */
  intervalMs: number;
  responses: number;
  unchanged: number;
  /** Windows that have not come up to their own time. */
  behind: number;
  /** Mean time between two changes of a response; absent: none was seen. */
  changesEveryMs?: number;
}

const minute = 60_000;
const day = 1440 * minute;
/** Each divides a day. */
const steps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440].map((step) => step * minute);

/** Fewer say nothing. */
const fewestResponses = 20;
const fewestWindows = 10;
/** A smaller change is not worth a deploy. */
const worthwhile = 2;
/** So many of the suggested intervals lie in the time that was looked at: nothing is said of a rhythm nobody has seen. */
const seenIntervals = 3;
/** So many windows may fail in a row before the API has forgotten something. */
const spareWindows = 4;
/** A catching-up resource has news in nearly every response. */
const mostUnchanged = 0.1;

/** Undefined where nothing is known, nothing would be gained, or asking less often would lose something. */
export function suggestCadence(
  windows: readonly AskedWindow[],
  rhythm: Rhythm,
): CadenceSuggestion | undefined {
  const gathered = gather(windows);
  if (!gathered) return undefined;
  const { basis } = gathered;
  if (basis.windows < fewestWindows || basis.responses < fewestResponses) return undefined;
  return suggestLess(gathered, rhythm) ?? suggestMore(gathered, rhythm);
}

export function rhythmOf({ table, child_tables: children, definitions = [], incremental }: CompiledResource) {
  const times = new Set<string>(['_scheduled_at', '_fetched_at', '_object']);
  return {
    // Without a primary key a row is known by its raw object.
    keepsHistory:
      [table, ...children].some(({ key }) => key.some((column) => times.has(column))) ||
      definitions.some(({ event_time: column }) => column !== undefined && times.has(column)),
    isIncremental: incremental !== undefined,
    ...(incremental?.retention_ms !== undefined && { retentionMs: incremental.retention_ms }),
  } satisfies Rhythm;
}

interface Gathered {
  basis: CadenceBasis;
  requests: number;
  newestIsBehind: boolean;
}

function suggestLess(
  { basis, requests }: Gathered,
  { keepsHistory, retentionMs }: Rhythm,
): CadenceSuggestion | undefined {
  if (keepsHistory) return undefined;
  const seen = Date.parse(basis.to) - Date.parse(basis.from);
  const longest = Math.min(
    basis.changesEveryMs ?? Infinity,
    seen / seenIntervals,
    (retentionMs ?? Infinity) / spareWindows,
    day,
  );
  const everyMs = steps.findLast((step) => step <= longest);
  if (everyMs === undefined || everyMs < worthwhile * basis.intervalMs) return undefined;
  const requestsADay = requestsOf(basis, requests, everyMs);
  // Answers that are still fresh are not asked for in the first place.
  if (requestsADay.now - requestsADay.after < 1) return undefined;
  return { direction: 'less often', everyMs, basis, requestsADay };
}

function suggestMore(
  { basis, requests, newestIsBehind }: Gathered,
  { isIncremental }: Rhythm,
): CadenceSuggestion | undefined {
  const isCatchingUp = newestIsBehind && basis.behind * 2 >= basis.windows;
  if (!isIncremental || !isCatchingUp || basis.unchanged > mostUnchanged * basis.responses) return undefined;
  const everyMs = steps.findLast((step) => step * worthwhile <= basis.intervalMs);
  if (everyMs === undefined) return undefined;
  return { direction: 'more often', everyMs, basis, requestsADay: requestsOf(basis, requests, everyMs) };
}

function requestsOf({ windows, intervalMs }: CadenceBasis, requests: number, everyMs: number) {
  const each = requests / windows;
  return { now: (each * day) / intervalMs, after: (each * day) / everyMs };
}

/** A complete listing compares with nothing, and tells nothing of the rhythm. */
function gather(given: readonly AskedWindow[]): Gathered | undefined {
  const windows = given
    .filter(({ state, complete_from: complete }) => state === 'committed' && complete === undefined)
    .toSorted((one, other) => (one.scheduled_at < other.scheduled_at ? -1 : 1));
  const [first, ...following] = windows;
  const last = following.at(-1);
  if (!first || !last) return undefined;
  const intervals = following.map(
    ({ scheduled_at: at }, index) => Date.parse(at) - Date.parse(windows[index]?.scheduled_at ?? at),
  );
  const sum = (read: (window: AskedWindow) => number | undefined) =>
    following.reduce((total, window) => total + (read(window) ?? 0), 0);
  const responses = sum((window) => window.responses);
  const unchanged = sum((window) => window.unchanged);
  const waited = following.reduce((total, window, index) => {
    return total + (window.responses ?? 0) * (intervals[index] ?? 0);
  }, 0);
  const changes = -Math.log((unchanged + 0.5) / (responses + 0.5));
  return {
    basis: {
      windows: following.length,
      from: first.scheduled_at,
      to: last.scheduled_at,
      intervalMs: medianOf(intervals),
      responses,
      unchanged,
      behind: following.filter(({ behind = 0 }) => behind > 0).length,
      ...(changes > 0 && responses > 0 && { changesEveryMs: waited / responses / changes }),
    },
    requests: sum((window) => window.requests),
    newestIsBehind: (last.behind ?? 0) > 0,
  };
}

/** A pause of the schedule does not move it. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
