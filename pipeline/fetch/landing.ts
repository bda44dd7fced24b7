/**
 * Where raw lines go. A page counts when it is whole, a unit when all of its pages are in: what is not committed leaves
 * nothing that anyone would read. The fetcher lands in S3, `preview` and `test` in memory.
 */
import type { LandedObject } from '../ledger/items.ts';

export interface Landing {
  /** `kept`: what an earlier invocation has landed of this unit. */
  openUnit(kept?: LandedObject[]): UnitLanding;
  /** Every object of the committed units, stored. */
  finish(): Promise<LandedObject[]>;
  /** Gives up everything. */
  abort(): Promise<void>;
}

/** Pages follow one another: the next one may be written while the one before is being committed, no more. */
export interface UnitLanding {
  openPage(): PageLanding;
  /** All pages are in: they count. */
  commit(): Promise<void>;
  /** What the committed pages are so far, in objects of their own: for another invocation to go on with. */
  keep(): Promise<LandedObject[]>;
  abort(): Promise<void>;
}

export interface PageLanding {
  /** One raw line with its line break. */
  write(line: Buffer): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}
