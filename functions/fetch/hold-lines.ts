import type { LandedObject } from '../../pipeline/ledger/items.ts';
import type { RawObjects } from './land-lines.ts';

/** Lines that do not count yet: few are kept in memory, many become raw objects of their own. */
export interface HeldLines {
  write: (lines: Buffer[]) => Promise<void>;
  /** Hands everything on, once and for all. */
  pour: (into: Target) => Promise<void>;
  abort: () => Promise<void>;
}

interface Target {
  write: (lines: Buffer[]) => Promise<void>;
  add: (objects: LandedObject[]) => void;
}

export function holdLines(openObjects: () => RawObjects, mostBytes: number): HeldLines {
  let held: Buffer[] = [];
  let bytes = 0;
  let own: RawObjects | undefined;
  return {
    write: async (lines) => {
      if (own) return own.write(lines);
      for (const line of lines) {
        held.push(line);
        bytes += line.length;
      }
      if (bytes <= mostBytes) return;
      own = openObjects();
      const all = held;
      held = [];
      await own.write(all);
    },
    pour: async (into) => {
      if (own) into.add(await own.finish());
      else if (held.length > 0) await into.write(held);
      held = [];
    },
    abort: async () => {
      held = [];
      await own?.abort();
    },
  };
}
