import type { BodyForm } from './body-form.ts';

/** Looks at every record of a response once, and counts. */
export class RecordVisitor {
  records = 0;
  kept = 0;
  lastRecord: unknown;
  #form: Pick<BodyForm, 'keep' | 'onRecord'>;

  constructor(form: Pick<BodyForm, 'keep' | 'onRecord'>) {
    this.#form = form;
  }

  /** Which of them stay; undefined: all. */
  visit(records: readonly unknown[]): boolean[] | undefined {
    const { keep, onRecord } = this.#form;
    if (onRecord) for (const record of records) onRecord(record);
    const stays = keep && records.map((record) => keep(record));
    const left = stays ? stays.filter(Boolean).length : records.length;
    this.count(records.length, left);
    if (records.length > 0) this.lastRecord = records.at(-1);
    return left === records.length ? undefined : stays;
  }

  count(records: number, kept: number): void {
    this.records += records;
    this.kept += kept;
  }
}
