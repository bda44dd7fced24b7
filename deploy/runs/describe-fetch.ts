import { bytes, count } from '../figures.ts';
import { formatTable } from '../format-table.ts';
import { shorten } from '../status/shorten.ts';
import { spellTime } from '../status/spell-time.ts';
import { describeFetched, spellTook } from './describe-runs.ts';
import type { FetchDetails, FetchedObject } from './read-fetch.ts';

/** Nobody reads more; `--json` has all of them. */
const mostListed = 20;

export function describeFetchDetails(fetch: FetchDetails): string {
  const { id, state, startedAt, endedAt, completeFrom, skippedSlices, objects, loads } = fetch;
  const took = spellTook(startedAt, endedAt);
  const lines = objects.reduce((sum, object) => sum + object.lines, 0);
  const more = objects.length - mostListed;
  return [
    [
      `fetch ${id} · ${state}`,
      `begun ${spellTime(startedAt)}${took === '' ? '' : ` · took ${took}`}${completeFrom === undefined ? '' : ' · a complete listing'}`,
      describeFetched(fetch),
      `${count(objects.length, 'object')} with ${count(lines, 'line')} landed · ${describeTaken(objects, loads)}`,
    ].join('\n'),
    ...(skippedSlices.length > 0
      ? [skippedSlices.map(({ slice, error }) => `left out: ${slice}: ${shorten(error)}`).join('\n')]
      : []),
    ...(objects.length > 0
      ? [
          formatTable(objects.slice(0, mostListed).map(objectRow)) +
            (more > 0 ? `\nand ${count(more, 'more object')}; --json has them` : ''),
        ]
      : []),
  ].join('\n\n');
}

function describeTaken(objects: readonly FetchedObject[], loads: readonly string[]): string {
  if (objects.length === 0) return 'nothing to load';
  return loads.length === 0 ? 'no load has taken them yet' : `loaded by ${loads.join(', ')}`;
}

function objectRow({ key, bytes: size, lines, state, load, rows, quarantined }: FetchedObject) {
  return {
    object: key,
    lines: lines.toLocaleString('en'),
    size: bytes(size),
    state: state ?? 'not registered',
    rows: rows?.toLocaleString('en'),
    quarantined: quarantined?.toLocaleString('en'),
    load,
  };
}
