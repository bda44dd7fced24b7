/** Which row a record is, and which file it lies in. */
import { isSame, type Change, type ComparedTable, type StoredTable } from './compare-change.ts';
import { isOtherKey } from './compare-stored.ts';

/** Layout is what files have: `stored`, where it is known, else what the deployed source says. */
export function compareLayout(
  stored: StoredTable | undefined,
  before: ComparedTable | undefined,
  after: ComparedTable,
): Change[] {
  return [
    ...compareFiles({ was: stored ?? before?.spec, before: before?.spec, after }),
    ...compareKey(stored?.key ?? before?.spec.key, after),
    ...compareEventTime(stored, before, after),
  ];
}

type Files = Pick<StoredTable, 'partition_by' | 'files_per_partition'>;

/** The dispatcher compares these two itself, with what the ledger says is stored (law 11). */
function compareFiles({
  was,
  before,
  after: { spec },
}: {
  was: Files | undefined;
  before: Files | undefined;
  after: ComparedTable;
}): Change[] {
  const changes = [
    ['partitioning changed', 'partition_by'],
    ['files per partition changed', 'files_per_partition'],
  ] as const;
  return changes.flatMap(([what, name]): Change[] => {
    const path = [name];
    if (was && was[name] !== spec[name]) {
      const change = `${name} was ${was[name]}, is ${spec[name]}`;
      const remedy = `Put ${was[name]} back.`;
      return [{ what, change, means: otherFiles, remedy, verdict: 'refused', path }];
    }
    if (!before || before[name] === spec[name]) return [];
    const means = 'So the stored files have it: they can be loaded into again.';
    return [{ what, change: `${name} is ${spec[name]} again`, means, verdict: 'safe', path }];
  });
}

const otherFiles =
  'Stored rows lie in the files of the old layout, where later rows of their keys would not find them: the dispatcher would refuse every further load of the table.';

function compareKey(was: readonly string[] | undefined, { spec }: ComparedTable): Change[] {
  const is = spec.key;
  if (!was || isSame(was, is)) return [];
  const change = `the key was ${was.join(', ')}, is ${is.join(', ')}`;
  const path = ['primary_key'];
  if (!isOtherKey(was, spec)) {
    const means = 'The same columns in another order: files are sorted otherwise when they are next written.';
    return [{ what: 'key changed', change, means, verdict: 'safe', path }];
  }
  return [
    {
      what: 'key changed',
      change,
      means:
        'Stored rows are one per old key. Under the new one they would not be found by the rows that should replace them, or several would be one: the dispatcher would refuse every further load of the table.',
      remedy: 'Put the key back.',
      verdict: 'refused',
      path,
    },
  ];
}

function compareEventTime(
  stored: StoredTable | undefined,
  before: ComparedTable | undefined,
  { spec, definition }: ComparedTable,
): Change[] {
  const was = stored?.event_time ?? before?.definition?.event_time;
  const is = spec.event_time ?? definition?.event_time;
  if (was === undefined || is === undefined || was === is) return [];
  if (spec.partition_by === 'none' || (stored ?? before?.spec)?.partition_by === 'none') return [];
  return [
    {
      what: 'event time changed',
      change: `event_time was ${was}, is ${is}`,
      means:
        'It says which partition a row lies in: a row that is fetched again would lie in another one, beside the stored row: the dispatcher would refuse every further load of the table.',
      remedy: `Put ${was} back.`,
      verdict: 'refused',
      path: ['event_time'],
    },
  ];
}
