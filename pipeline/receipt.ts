/** The receipt of a load: sums of its report, and whether they add up. */

export interface Counts {
  objects: number;
  /** Read of them: as many as the fetches have landed, or the load has failed. */
  lines: number;
  rowsParsed: number;
  filtered: number;
  quarantined: number;
  duplicate: number;
  updated: number;
  inserted: number;
  /** Rows that came in and took a stored one out (`delete_when`). */
  deleted: number;
  /** Over the touched files. */
  rowsBefore: number;
  rowsAfter: number;
  recovered: number;
  removed: number;
  /** Of those removed: what a complete listing no longer has. */
  vanished: number;
  /** Of those removed: what lies in another partition now. */
  moved: number;
  files: number;
  filesWritten: number;
}

export interface Receipt extends Counts {
  /**
   * rowsParsed = filtered + quarantined + duplicate + updated + inserted + deleted, rowsAfter = rowsBefore + inserted +
   * recovered − removed, removed = deleted + vanished + moved, every object and each of its lines accounted for, every file
   * stored as the engine says (`checked`), every touched partition inside the table's projection.
   */
  balanced: boolean;
  /** What does not add up, in words; empty when balanced. */
  faults: string[];
  /** Files whose footers the dispatcher itself has read: all of them, or there is a fault. Absent: none was asked for. */
  checked?: number;
  /** Tables of which rows broke a rule that may not be broken; their good rows are published, someone has to look. */
  held?: string[];
}

/** A broken load can have a fault per row; nobody reads more than some. */
const faultsKept = 20;
/** A fault may quote what it has found. */
const longestFault = 1000;

/** The sums of these counts, with the faults found so far. */
export function makeReceipt(counts: readonly Counts[], faults: readonly string[]): Receipt {
  const sums = noCounts();
  const odd: string[] = [];
  for (const name of Object.keys(sums) as (keyof Counts)[]) {
    // Receipts of earlier versions lack some.
    for (const part of counts as readonly Partial<Counts>[]) sums[name] += part[name] ?? 0;
    if (Number.isFinite(sums[name])) continue;
    // DynamoDB takes no NaN, and a receipt that cannot be stored would hold its load for ever.
    odd.push(`${name} cannot be counted: the report lacks a number, or has something else in its place`);
    sums[name] = 0;
  }
  return { ...sums, ...verdictOn([...faults, ...odd]) };
}

/** What was found only when the sums had been made. */
export function addFaults(receipt: Receipt, faults: readonly string[]): Receipt {
  return faults.length === 0 ? receipt : { ...receipt, ...verdictOn([...receipt.faults, ...faults]) };
}

function verdictOn(faults: readonly string[]): Pick<Receipt, 'balanced' | 'faults'> {
  const more = faults.length - faultsKept;
  const kept = faults.slice(0, faultsKept).map((fault) => fault.slice(0, longestFault));
  return { balanced: faults.length === 0, faults: more > 0 ? [...kept, `and ${more} more`] : kept };
}

export function noCounts(): Counts {
  return {
    objects: 0,
    lines: 0,
    rowsParsed: 0,
    filtered: 0,
    quarantined: 0,
    duplicate: 0,
    updated: 0,
    inserted: 0,
    deleted: 0,
    rowsBefore: 0,
    rowsAfter: 0,
    recovered: 0,
    removed: 0,
    vanished: 0,
    moved: 0,
    files: 0,
    filesWritten: 0,
  };
}

/** Where rows in and rows out do not agree. A count that is missing in the report is NaN here and agrees with nothing. */
export function imbalances(counts: Counts): string[] {
  const { filtered, quarantined, duplicate, updated, inserted, deleted, removed, vanished, moved } = counts;
  const outcome = filtered + quarantined + duplicate + updated + inserted + deleted;
  const after = counts.rowsBefore + inserted + counts.recovered - removed;
  return [
    ...(counts.rowsParsed === outcome
      ? []
      : [
          `${counts.rowsParsed} rows parsed, but ${outcome} accounted for (${filtered} filtered, ${quarantined} quarantined, ${duplicate} duplicate, ${updated} updated, ${inserted} inserted, ${deleted} deleted)`,
        ]),
    ...(counts.rowsAfter === after
      ? []
      : [
          `${counts.rowsAfter} rows in the files after the load, but ${counts.rowsBefore} before + ${inserted} inserted + ${counts.recovered} recovered − ${removed} removed = ${after}`,
        ]),
    ...(removed === deleted + vanished + moved
      ? []
      : [
          `${removed} rows removed, but ${deleted} deleted + ${vanished} vanished + ${moved} moved = ${deleted + vanished + moved}`,
        ]),
  ];
}
