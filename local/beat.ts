/** Milliseconds between two firings of a rate(); undefined for a cron(). */
export function beatMs(cadence: string): number | undefined {
  const [, number, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(cadence) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return (
    Number(number) * { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit as 'minute' | 'hour' | 'day']
  );
}
