/** Figures as people read them: `1 row`, `1,200 rows`, `7.6 KB`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

export function bytes(number: number): string {
  if (number < 1000) return count(number, 'byte');
  const [unit, size] = number < 1_000_000 ? ['KB', 1000] : number < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(number / size).toFixed(1)} ${unit}`;
}
