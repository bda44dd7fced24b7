/** Times and spans of time as people read them. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const units: [name: string, ms: number][] = [
  ['d', day],
  ['h', hour],
  ['min', minute],
  ['s', second],
];

/** `40 s`, `8 min`, `26 h`, `3 d`: one unit, of which there are at least one and a half, or the smallest. */
export function spellSpan(ms: number): string {
  const [name, size] = units.find(([, length]) => ms >= 1.5 * length) ?? ['s', second];
  return `${Math.round(ms / size)} ${name}`;
}

/** Minutes, in UTC. */
export function spellTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** How long ago, never negative: clocks differ. */
export function ageOf(iso: string, now: Date): number {
  return Math.max(0, now.getTime() - Date.parse(iso));
}

/** `2026-11-21 12:00, 8 min ago`. */
export function spellAge(iso: string, now: Date): string {
  return `${spellTime(iso)}, ${spellSpan(ageOf(iso, now))} ago`;
}

/** As a source file says it: `PT15M`, `PT1H`, `P1D`. */
export function writeDuration(ms: number): string {
  if (ms % day === 0) return `P${ms / day}D`;
  return ms % hour === 0 ? `PT${ms / hour}H` : `PT${ms / minute}M`;
}
