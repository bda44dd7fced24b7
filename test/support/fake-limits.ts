/** What DynamoDB and its document client refuse to store. */

import type { Attributes } from './fake-expressions.ts';

const largestItem = 400 * 1024;

/**
 * The item as it is stored: attributes without a value are left out. Throws as they do for an undefined value within an
 * attribute, and for an item of more than 400 KB.
 */
export function storedItem(item: Attributes): Attributes {
  const stored = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
  if (sizeOf(stored) > largestItem)
    throw new Error('ValidationException: Item size has exceeded the maximum allowed size');
  return structuredClone(stored);
}

/** As the Developer Guide says (item sizes and formats), names included; of numbers the most they may take. */
function sizeOf(value: unknown): number {
  if (value === undefined)
    throw new Error('Pass options.removeUndefinedValues=true to remove undefined values');
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return 21;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + sizeOf(each), 3);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, each]) => sum + 1 + Buffer.byteLength(name) + sizeOf(each),
    3,
  );
}
