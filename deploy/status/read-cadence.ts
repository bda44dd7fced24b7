const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Milliseconds between two beats; undefined for a cron(), whose beats need not be evenly spaced. */
export function readCadence(expression: string): number | undefined {
  const [, number, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return unit === undefined ? undefined : Number(number) * units[unit as keyof typeof units];
}
