import { emptyRecord } from './budget-record.ts';
import type { BudgetStore, VersionedRecord } from './budget-store.ts';

/** For one process: `preview`, `test`. */
export function createMemoryStore(): BudgetStore {
  const cells = new Map<string, VersionedRecord>();
  const cellOf = (name: string): VersionedRecord => cells.get(name) ?? { record: emptyRecord, version: 0 };
  return {
    read: async (name) => cellOf(name),
    write: async (name, { record, version }) => {
      if (cellOf(name).version !== version) return false;
      cells.set(name, { record, version: version + 1 });
      return true;
    },
  };
}
