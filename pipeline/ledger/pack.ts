/** JSON, gzipped, for what may be long: an item of DynamoDB holds 400 KB in all. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { CatchwaterError } from '../errors.ts';

/** `what` begins the error of a value that does not fit, `remedy` ends it. */
export function pack(
  value: unknown,
  { what, limit, remedy }: { what: string; limit: number; remedy: string },
): Uint8Array {
  const packed = gzipSync(JSON.stringify(value));
  if (packed.length <= limit) return packed;
  const [size, most] = [packed.length, limit].map((bytes) => Math.ceil(bytes / 1024));
  throw new CatchwaterError(
    `${what} takes ${size} KB gzipped, more than the ${most} KB that fit into the ledger; ${remedy}`,
  );
}

export function unpack(packed: Uint8Array): unknown {
  return JSON.parse(gunzipSync(packed).toString('utf8'));
}
