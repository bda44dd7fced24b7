import type { Incremental } from '../source/source.ts';
import { changesOf, type Change } from './compare-change.ts';
import { differencesIn, differencesOf } from './compare-values.ts';

const what = 'incremental changed';
const place = ['incremental'];
/** What a cursor is a value of. */
const cursorFields = ['cursor_path', 'cursor_type', 'cursor_unit'] as const;

/** `hasCursors`: whether the ledger keeps some of the resource: they stay where they are, whatever the source says. */
export function compareIncremental(
  before: Incremental | undefined,
  after: Incremental | undefined,
  hasCursors: boolean | 'unknown',
): Change[] {
  if (before && after) {
    const { initial_value: was, ...oldRest } = without(before);
    const { initial_value: is, ...newRest } = without(after);
    const begins =
      hasCursors === false
        ? 'The first window begins there.'
        : 'Only what has no cursor yet begins there; the others go on from theirs.';
    return [
      ...compareCursors(before, after, hasCursors),
      ...changesOf(what, differencesOf(was, is, [...place, 'initial_value']), begins),
      ...changesOf(what, differencesOf(oldRest, newRest, place), 'From the next window on.'),
    ];
  }
  if (after) {
    const means = 'The first window begins at initial_value, unless an earlier source has left cursors.';
    return [{ what, change: 'it is fetched incrementally', means, verdict: 'safe', path: place }];
  }
  if (!before) return [];
  const means = 'Every fetch asks for everything; the cursors stay, and go on when it is incremental again.';
  return [{ what, change: 'it is no longer fetched incrementally', means, verdict: 'safe', path: place }];
}

function compareCursors(before: Incremental, after: Incremental, hasCursors: boolean | 'unknown'): Change[] {
  const differences = differencesIn(cursorFields, before, after, place);
  if (hasCursors === false)
    return changesOf(what, differences, 'No window was fetched yet: the first begins at initial_value.');
  const type = after.cursor_type;
  const misfit =
    before.cursor_type === type
      ? ''
      : ` A cursor that is no ${type} fails every fetch: a resource of another name begins afresh.`;
  const means = `The cursors stay where they are and are compared with the new field: what lies between is left out, or comes again.${misfit}`;
  return changesOf(what, differences, means).map((change) => ({ ...change, verdict: 'needs reprocess' }));
}

function without({ cursor_path: _path, cursor_type: _type, cursor_unit: _unit, ...rest }: Incremental) {
  return rest;
}
