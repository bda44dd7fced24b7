/** The receipt of a load: sums of its report, and whether they add up. */

export interface Receipt {
  objects: number;
  rowsParsed: number;
  filtered: number;
  quarantined: number;
  duplicate: number;
  updated: number;
  inserted: number;
  /** Over the touched files. */
  rowsBefore: number;
  rowsAfter: number;
  recovered: number;
  removed: number;
  files: number;
  filesWritten: number;
  /** rowsParsed = filtered + quarantined + duplicate + updated + inserted, rowsAfter = rowsBefore + inserted + recovered − removed, every object accounted for, every touched partition inside the table's projection. */
  balanced: boolean;
  /** What does not add up, in words; empty when balanced. */
  faults: string[];
}
