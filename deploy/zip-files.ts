import { type Zippable, zipSync } from 'fflate';

/** A zip that depends on names and contents only: fixed time, sorted names, fixed permissions. */
export function zipFiles(files: Record<string, Uint8Array>): Uint8Array {
  const entries = Object.keys(files).toSorted();
  // Zip times have no zone and begin in 1980: taken in local time, the digits are the same everywhere.
  const mtime = new Date(1980, 0, 1);
  const zippable: Zippable = {};
  for (const name of entries) {
    // A wheel is a zip itself.
    const level = name.endsWith('.whl') ? 0 : 9;
    zippable[name] = [files[name] ?? new Uint8Array(), { level, mtime, os: unix, attrs: readable }];
  }
  return zipSync(zippable);
}

const unix = 3;
/** -rw-r--r--: Lambda runs code under a user of its own. */
const readable = 0o100644 << 16;
