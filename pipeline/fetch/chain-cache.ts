/**
 * A resource that is fetched for itself and as the parent of others is asked once in an invocation, as long as all of them
 * stand at the same cursors.
 */
import type { StoredCursor } from '../incremental/cursor-value.ts';
import type { ForEachValue } from '../source/source.ts';
import type { SkippedSlice, SliceGap } from './task.ts';

/** What the records of a parent come to. */
export interface ParentRecords {
  /** Of each resource that it is the parent of: the values of its variable. Throws where a record has none. */
  values: Map<string, () => ForEachValue[]>;
  /** Where the parent's cursors stand afterwards. */
  cursors: Map<string, StoredCursor>;
  skipped: SkippedSlice[];
  skippedCount: number;
  gaps: SliceGap[];
}

export interface ChainCache {
  /** Announces who will fetch a resource for itself, so that its children wait for it to begin. */
  expect(resource: string): void;
  /** It has begun, or will not. */
  begun(resource: string): void;
  untilBegun(resource: string): Promise<void>;
  /** `undefined` in the end: not all records were seen, whoever needs them has to ask. */
  offer(key: string, records: Promise<ParentRecords | undefined>): void;
  /** What someone has asked for already, or is asking for; otherwise what `ask` brings, for all. */
  share(key: string, ask: () => Promise<ParentRecords>): Promise<ParentRecords>;
}

export function createChainCache(): ChainCache {
  const chains = new Map<string, Promise<ParentRecords | undefined>>();
  const expected = new Map<string, PromiseWithResolvers<void>>();
  const offer: ChainCache['offer'] = (key, records) => {
    if (chains.has(key)) return;
    chains.set(key, records);
    // Whoever shares it is told.
    records.catch(() => undefined);
  };
  return {
    expect: (resource) => void expected.set(resource, Promise.withResolvers()),
    begun: (resource) => expected.get(resource)?.resolve(),
    untilBegun: async (resource) => expected.get(resource)?.promise,
    offer,
    share: async (key, ask) => {
      for (let known = chains.get(key); known;) {
        const records = await known.catch(() => undefined);
        if (records) return records;
        // Another one of those who waited may be asking by now.
        const next = chains.get(key);
        known = next === known ? undefined : next;
      }
      const asked = ask();
      chains.set(key, asked);
      return asked;
    },
  };
}
