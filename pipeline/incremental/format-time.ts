/** Times as an API wants them: `iso`, `date`, `s`, `ms`, or letters of strftime, always in UTC. */

type Letter = (date: Date) => string;

const two = (value: number): string => String(value).padStart(2, '0');
const three = (value: number): string => String(value).padStart(3, '0');

const letters: Record<string, Letter> = {
  Y: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  y: (date) => two(date.getUTCFullYear() % 100),
  m: (date) => two(date.getUTCMonth() + 1),
  d: (date) => two(date.getUTCDate()),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(date.getUTCHours() % 12 || 12),
  M: (date) => two(date.getUTCMinutes()),
  S: (date) => two(date.getUTCSeconds()),
  f: (date) => `${three(date.getUTCMilliseconds())}000`,
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  j: (date) => three(dayOfYear(date)),
  B: (date) => nameIn(date, { month: 'long' }),
  b: (date) => nameIn(date, { month: 'short' }),
  A: (date) => nameIn(date, { weekday: 'long' }),
  a: (date) => nameIn(date, { weekday: 'short' }),
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  z: () => '+0000',
  Z: () => 'UTC',
  F: (date) => date.toISOString().slice(0, 10),
  T: (date) => date.toISOString().slice(11, 19),
  '%': () => '%',
};

/** Letters that a format may have after `%`. */
export const timeLetters: readonly string[] = Object.keys(letters);

/** Why the text is no format; undefined when it is one. */
export function explainTimeFormat(format: string): string | undefined {
  if (['iso', 'date', 's', 'ms'].includes(format)) return undefined;
  if (!format.includes('%'))
    return `'${format}' is none of iso, date, s, ms, and has no letters of strftime (%Y-%m-%d)`;
  const stray = [...format.matchAll(/%(.?)/gs)].find(([, letter = '']) => !Object.hasOwn(letters, letter));
  return (
    stray &&
    `'${stray[0]}' is no letter of strftime that is known here: ${timeLetters.map((letter) => `%${letter}`).join(' ')}`
  );
}

export function formatTime(time: number, format: string): string | number {
  const date = new Date(time);
  if (format === 's') return Math.floor(time / 1000);
  if (format === 'ms') return time;
  if (format === 'date') return date.toISOString().slice(0, 10);
  if (format === 'iso') return isoTime(time);
  return format.replaceAll(/%(.)/gs, (text, letter: string) => letters[letter]?.(date) ?? text);
}

/** Without the milliseconds where there are none: some APIs take no fraction. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

function nameIn(date: Date, part: Intl.DateTimeFormatOptions): string {
  return date.toLocaleDateString('en-US', { ...part, timeZone: 'UTC' });
}
