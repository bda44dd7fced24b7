/**
 * Which pending objects the next load takes. Those over which a load has died (suspects) never share a load with others:
 * what died together is tried once more as it was, then half of it, and so on, until what kills the engine stands alone.
 * All of it follows from the ledger, so it does not matter who decides, or how often.
 */
import type { ObjectItem } from '../../pipeline/ledger/items.ts';

/** What one load takes at most: a run of minutes, not of hours; what is left over starts the next load at once. */
const mostBytes = 10 * 1024 ** 3;

/** Pending objects of one kind: no load has died over them, or this one has, last of all. */
export interface Group {
  objects: ObjectItem[];
  failedIn?: string;
  /** Loads that died over them. */
  attempts: number;
}

/** Fresh objects, if there are any, then suspects: what fewest loads have died over, and longest ago. */
export function groupObjects(pending: readonly ObjectItem[]): { fresh?: Group; suspects: Group[] } {
  const groups = [...Map.groupBy(pending, ({ failed_in }) => failed_in)].map(
    ([failedIn, objects]): Group => ({
      objects,
      ...(failedIn !== undefined && { failedIn }),
      attempts: Math.max(...objects.map(({ attempts }) => attempts)),
    }),
  );
  const fresh = groups.find(({ failedIn }) => failedIn === undefined);
  const suspects = groups
    .filter((group) => group !== fresh)
    .toSorted((a, b) => a.attempts - b.attempts || compare(a.failedIn ?? '', b.failedIn ?? ''));
  return { ...(fresh && { fresh }), suspects };
}

/** The oldest, as many as one load takes. */
export function takeOldest(objects: readonly ObjectItem[]): ObjectItem[] {
  const oldestFirst = objects.toSorted(
    (a, b) => compare(a.registered_at, b.registered_at) || compare(a.key, b.key),
  );
  let bytes = 0;
  const taken = oldestFirst.findIndex((object, index) => {
    bytes += object.bytes;
    return index > 0 && bytes > mostBytes;
  });
  return taken === -1 ? oldestFirst : oldestFirst.slice(0, taken);
}

/**
 * Once all of what died together, from then on half: of what the dead load had, not of what is left of it, or the second
 * half would be halved before it is tried. Resources stay together, so one that is at fault soon leaves the others alone.
 */
export function takeSuspects({ objects, attempts }: Group, died: number): ObjectItem[] {
  const inOrder = objects.toSorted(
    (a, b) =>
      compare(a.resource, b.resource) || compare(a.registered_at, b.registered_at) || compare(a.key, b.key),
  );
  return attempts < 2 ? inOrder : inOrder.slice(0, Math.ceil(died / 2));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
