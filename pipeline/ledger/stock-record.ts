/** When stock is taken, where the present stocktaking stands, and what the last ones have found. */
export interface StockRecord {
  /** When the next one begins: of the recent windows, and of all. */
  due: Record<StockScope, string>;
  /** A wake-up is at it, or it has failed: nobody else goes on before. */
  held_until?: string;
  /** The one that has begun, and where it goes on. */
  taking?: StockTaking;
  /** The last ones that came to their end. */
  recent?: StockTaken;
  whole?: StockTaken;
  /** Since the last step that went well. */
  fault?: { at: string; error: string };
}

export type StockScope = 'recent' | 'whole';

export interface StockTaking {
  scope: StockScope;
  since: string;
  /** The newest dead load when it began: what that has died of may be found. */
  dead_load?: string;
  place: StockPlace;
  found: StockFindings;
}

export interface StockTaken extends Omit<StockTaking, 'scope' | 'place'> {
  ended: string;
}

/** Everything up to here is compared. */
export interface StockPlace {
  resource: string;
  /** In the order of keys; a key, or what is greater than some and less than others. */
  after: string;
  /** No window before this scheduled time has a key that comes after. */
  from: string;
}

export interface StockFindings {
  /** That committed windows name. */
  objects: number;
  /** Of these: that were not on the list of what is to be loaded, and now are. */
  registered: number;
  /** Of these: whose version is gone; the first of them; those among them that no load has had: their rows are nowhere. */
  missing: number;
  missing_keys: string[];
  lost: number;
  /** Of these: deleted or overwritten, and the bucket keeps the version for a while. */
  hidden: number;
  /** In the bucket, a day old, and no committed window names them: attempts that were given up. */
  unnamed: number;
  unnamed_bytes: number;
}
