import type { ColumnType } from './table-spec.ts';

/** Whether each value of the type `narrow` is exactly one of the type `wide`. */
export function holdsAll(wide: ColumnType, narrow: ColumnType): boolean {
  if (wide === 'varchar' || wide === narrow) return true;
  if (wide === 'timestamp') return narrow === 'date';
  const [to, from] = [digitsOf(wide), digitsOf(narrow)];
  // A bigint of 19 digits ends before the 19 digits do.
  if (!to || !from || wide === 'bigint') return false;
  return to.whole >= from.whole && to.scale >= from.scale;
}

/** Digits before and after the point. */
function digitsOf(type: ColumnType): { whole: number; scale: number } | undefined {
  if (type === 'bigint') return { whole: 19, scale: 0 };
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision === undefined) return undefined;
  return { whole: Number(precision) - Number(scale), scale: Number(scale) };
}
