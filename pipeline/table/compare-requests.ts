/** What is asked for, when, and where the rows are found in the answers. */
import type { CompiledResource } from '../source/source.ts';
import { changesOf, type Change } from './compare-change.ts';
import { compareIncremental } from './compare-incremental.ts';
import { differencesIn, differencesOf } from './compare-values.ts';

/** `hasCursors`: whether the ledger keeps some of the resource. */
export function compareRequests(
  before: CompiledResource,
  after: CompiledResource,
  hasCursors: boolean | 'unknown',
): Change[] {
  const means =
    before.once && after.once
      ? 'It is fetched once: where that has been done, this changes nothing.'
      : 'From the next fetch on; stored rows stay.';
  const asked = differencesIn(['endpoint', 'on_slice_error'], before, after);
  const changes = [
    ...compareRecords(before, after),
    ...changesOf(
      'schedule changed',
      differencesIn(['every_ms', 'once', 'reconcile'], before, after),
      'From the next beat on.',
    ),
    ...changesOf('request changed', asked, means),
    ...compareSlices(before, after),
    ...compareIncremental(before.incremental, after.incremental, hasCursors),
    ...compareProtection(before, after),
  ];
  return changes.map((change) => ({ ...change, path: change.path.map((step) => sourceNames[step] ?? step) }));
}

/** YAML's name of what the compiled source calls otherwise. */
const sourceNames: Record<string, string> = {
  every_ms: 'every',
  once: 'every',
  response: 'response_format',
  parent: 'for_each',
  group: 'for_each',
};

function compareRecords(before: CompiledResource, after: CompiledResource): Change[] {
  const means =
    'Responses are read so from the next load on, those that wait for it too: where they do not fit they go to quarantine. Stored rows stay.';
  return [
    ...changesOf('shape changed', differencesIn(['shape'], before, after), means),
    ...changesOf('selector changed', differencesIn(['data_selector'], before, after), means),
  ].map((change): Change => ({ ...change, verdict: 'needs reprocess' }));
}

/** A slice is its values: one that is changed is another one. */
function compareSlices(before: CompiledResource, after: CompiledResource): Change[] {
  const [was, is] = [slicesOf(before), slicesOf(after)];
  const gone = [...was].filter((slice) => !is.has(slice));
  const added = [...is].filter((slice) => !was.has(slice));
  const begin = after.incremental ? 'begin at initial_value' : 'are fetched from the next beat on';
  const listed: Change = {
    what: 'slices changed',
    change: `for_each: ${added.length} added${example(added)}, ${gone.length} left out${example(gone)}`,
    means: `Those that are added ${begin}; rows of those left out stay.`,
    verdict: 'safe',
    path: ['for_each'],
  };
  const others = differencesIn(['parent', 'group'], before, after);
  return [
    ...(gone.length + added.length > 0 ? [listed] : []),
    ...changesOf('slices changed', others, 'From the next fetch on; stored rows stay.'),
  ];
}

function slicesOf({ slices }: CompiledResource): Set<string> {
  return new Set(slices.map((slice) => JSON.stringify(slice)));
}

function example([slice]: readonly string[]): string {
  return slice === undefined ? '' : ` (such as ${slice.length > 80 ? `${slice.slice(0, 79)}…` : slice})`;
}

/** What has landed is not touched: the raw responses and the table keep what they hold. */
function compareProtection(before: CompiledResource, after: CompiledResource): Change[] {
  const means =
    'It holds for what is fetched from now on. What has landed stays as it is, in the raw responses and in the table: values that must not be there have to be deleted.';
  const differences = differencesOf(protectionOf(before), protectionOf(after));
  return changesOf('column protection changed', differences, means).map((change): Change => ({
    ...change,
    verdict: 'needs reprocess',
    path: ['columns'],
  }));
}

/** Path in the record → what is done to the value there. */
function protectionOf({ protect }: Partial<CompiledResource>): Record<string, string> {
  return Object.fromEntries(
    // A source of an older version has none.
    (protect ?? []).map(({ path, how, key }) => [
      path,
      key === undefined ? how : `${how} with ${key.secret}`,
    ]),
  );
}
