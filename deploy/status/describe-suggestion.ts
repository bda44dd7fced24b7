import type { CadenceSuggestion } from '../../pipeline/incremental/suggest-cadence.ts';
import { count } from '../figures.ts';
import { spellSpan, writeDuration } from './spell-time.ts';

/** What it is based on, what to write, and what that means. */
export function describeSuggestion(
  resource: string,
  { direction, ...suggestion }: CadenceSuggestion,
): string {
  const words = direction === 'less often' ? describeLess(suggestion) : describeMore(suggestion);
  return `${resource} could be asked ${direction}: ${words}`;
}

function describeLess({ everyMs, basis, requestsADay }: Omit<CadenceSuggestion, 'direction'>): string {
  const { unchanged, responses, from, to, intervalMs, changesEveryMs } = basis;
  const span = spellSpan(Date.parse(to) - Date.parse(from));
  const changes =
    changesEveryMs === undefined
      ? 'it has not changed once'
      : `it changes about every ${spellSpan(changesEveryMs)}`;
  const [now, after] = [requestsADay.now, requestsADay.after].map((number) =>
    Math.round(number).toLocaleString('en'),
  );
  return (
    `${unchanged.toLocaleString('en')} of ${count(responses, 'response')} in ${span} said what the one before had said. ` +
    `It is asked every ${spellSpan(intervalMs)}, ${changes}. Write every: ${writeDuration(everyMs)} in the source: ` +
    `${after} requests a day instead of ${now}. A change is then seen up to ${spellSpan(everyMs)} late, several within that ` +
    `time as one`
  );
}

function describeMore({ everyMs, basis }: Omit<CadenceSuggestion, 'direction'>): string {
  const { windows, behind, intervalMs } = basis;
  return (
    `${behind} of the last ${count(windows, 'window')} did not come up to their own time, and nearly every response brought ` +
    `something new. It is asked every ${spellSpan(intervalMs)}: with ${writeDuration(everyMs)}, by every or by the ` +
    `stack's Cadence, it may catch up. Where a rate limit is what stops it, that does not help: spread it, or raise the limit`
  );
}
