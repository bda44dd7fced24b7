/** What the sample API has served: the figures that tables are compared with. */
import { createHash } from 'node:crypto';
import type { ServedRecord } from './answer.ts';

export interface ServedFigures {
  /** Requests that an API answered, well or badly. */
  requests: number;
  /** Answers by status code. */
  statuses: Record<string, number>;
  /** Records in good answers, repeats included. */
  rows: number;
  /** Different (api, place, time): the rows that a table must end up with. */
  distinct: number;
  /** Of the sorted distinct records: equal means equal values everywhere. */
  sha256: string;
}

export class Served {
  #requests = 0;
  #rows = 0;
  #statuses = new Map<number, number>();
  #records = new Map<string, ServedRecord>();

  countRequest(status: number): void {
    this.#requests += 1;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  countRecords(records: ServedRecord[]): void {
    this.#rows += records.length;
    for (const record of records) {
      const id = `${record.api} ${record.place} ${record.time}`;
      const known = this.#records.get(id);
      // Another request may have asked for other variables of the same hour.
      this.#records.set(id, known ? { ...record, values: { ...known.values, ...record.values } } : record);
    }
  }

  /** Distinct records, by API, place and time. */
  records(): ServedRecord[] {
    return [...this.#records.values()].toSorted(byPlaceAndTime);
  }

  figures(): ServedFigures {
    const hash = createHash('sha256');
    for (const record of this.records()) hash.update(`${JSON.stringify(record)}\n`);
    return {
      requests: this.#requests,
      statuses: Object.fromEntries(this.#statuses),
      rows: this.#rows,
      distinct: this.#records.size,
      sha256: hash.digest('hex'),
    };
  }
}

function byPlaceAndTime(one: ServedRecord, other: ServedRecord): number {
  return one.api.localeCompare(other.api) || one.place.localeCompare(other.place) || one.time - other.time;
}
