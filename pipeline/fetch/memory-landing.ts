import type { LandedObject } from '../ledger/items.ts';
import type { Landing } from './landing.ts';

/** `store`: objects by key; the same one for an invocation that goes on where another has paused. */
export function createMemoryLanding(store: Map<string, Buffer[]>): Landing {
  const committed: Buffer[] = [];

  const storeObject = (lines: Buffer[]): LandedObject[] => {
    if (lines.length === 0) return [];
    const key = `object-${store.size}`;
    store.set(key, lines);
    const bytes = lines.reduce((sum, line) => sum + line.length, 0);
    return [{ key, version_id: '1', etag: `"${key}"`, bytes, lines: lines.length }];
  };

  return {
    openUnit: (kept = []) => {
      const unit = kept.flatMap(({ key }) => store.get(key) ?? []);
      return {
        openPage: () => {
          const page: Buffer[] = [];
          return {
            write: async (line) => void page.push(line),
            commit: async () => {
              for (const line of page) unit.push(line);
            },
            abort: async () => undefined,
          };
        },
        commit: async () => {
          for (const line of unit) committed.push(line);
        },
        keep: async () => storeObject(unit),
        abort: async () => undefined,
      };
    },
    finish: async () => storeObject(committed),
    abort: async () => void committed.splice(0),
  };
}
