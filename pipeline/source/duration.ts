/** ISO 8601 durations whose length never changes: weeks, days (of 24 hours), hours, minutes, seconds. */
export const durationPattern =
  /^P(?=.)(?:(\d{1,4})W|(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7}(?:\.\d{1,3})?)S)?)?)$/;

const second = 1000;
const lengths = [7 * 86_400 * second, 86_400 * second, 3600 * second, 60 * second, second];

/** Milliseconds; undefined for a text that is no such duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  return lengths.reduce((sum, length, unit) => sum + Math.round(Number(match[unit + 1] ?? 0) * length), 0);
}

/** Why a text is no duration, and what to write. */
export function explainDuration(text: string): string {
  if (/^P\d+[YM]/.test(text)) return `'${text}': months and years differ in length; write days, such as P30D`;
  return `'${text}' is no ISO 8601 duration: write PT30S, PT15M, PT1H or P1D`;
}
