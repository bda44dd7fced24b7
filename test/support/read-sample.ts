import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A recorded body, by its path below test/samples. */
export function readSample(path: string): string {
  return readFileSync(resolve(import.meta.dirname, '../samples', path), 'utf8');
}
