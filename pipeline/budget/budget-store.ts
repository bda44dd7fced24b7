import type { BudgetRecord } from './budget-record.ts';

/** A cell with a version for each budget: any number of functions may share it. */
export interface BudgetStore {
  read(name: string): Promise<VersionedRecord>;
  /** Puts the record in place of the version that was seen; false when it is another one by now. */
  write(name: string, next: VersionedRecord): Promise<boolean>;
}

export interface VersionedRecord {
  record: BudgetRecord;
  /** As it was read; 0 where there was none. */
  version: number;
}
