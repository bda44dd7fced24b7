import { hash } from 'node:crypto';

/** What has been seen, as a paused window keeps it. */
export interface SeenState {
  count: number;
  marks: string;
  recent: string;
}

export interface LoopGuard {
  /** False: it was there before. */
  add(key: string): boolean;
  state(): SeenState;
}

const mostRecent = 1_000;
const keyLength = 11;

/**
 * Knows the last thousand keys again, and of all earlier ones the 1st, 2nd, 4th, 8th …: whatever goes round in circles,
 * however large, meets one of those again before it has gone round three times (Brent). Memory stays bounded.
 */
export function createLoopGuard(saved?: SeenState): LoopGuard {
  let count = saved?.count ?? 0;
  const marks = new Set(split(saved?.marks));
  const recent = new Set(split(saved?.recent));
  return {
    add: (key) => {
      const short = shorten(key);
      if (recent.has(short) || marks.has(short)) return false;
      count += 1;
      if ((count & (count - 1)) === 0) marks.add(short);
      recent.add(short);
      const [oldest] = recent.size > mostRecent ? recent : [];
      if (oldest !== undefined) recent.delete(oldest);
      return true;
    },
    state: () => ({ count, marks: [...marks].join(''), recent: [...recent].join('') }),
  };
}

/** 64 bits: enough to tell a million pages apart. */
function shorten(key: string): string {
  return hash('sha256', key, 'base64url').slice(0, keyLength);
}

function split(keys = ''): string[] {
  return keys.match(new RegExp(`.{${keyLength}}`, 'g')) ?? [];
}
